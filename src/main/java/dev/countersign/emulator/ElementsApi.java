package dev.countersign.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.emulator.Entities.Filter;
import dev.countersign.emulator.Route.Access;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Elements: logging a user in, and the configuration of each element. */
final class ElementsApi {
    static final String APPROVED = "_Approved_";
    static final String REVIEWER = "_Reviewer_";

    private static final String CONFIG = "/v2/elements/{p}/{e}/config";
    private static final int DEFAULT_SIZE = 30;

    private final ElementsTokens tokens;

    ElementsApi(ElementsTokens tokens) {
        this.tokens = tokens;
    }

    List<Route> routes() {
        String one = CONFIG + "/{elem}";
        return List.of(
                Route.of("POST", "/v2/auth/elements_login_as", Access.API_KEY, this::login),
                Route.of("GET", CONFIG, Access.API_KEY, ElementsApi::list),
                Route.of("POST", CONFIG, Access.API_KEY, ElementsApi::create),
                Route.of("GET", one, Access.API_KEY, ElementsApi::get),
                Route.of("PATCH", one, Access.API_KEY, ElementsApi::update),
                Route.of("DELETE", "/v2/elements/{p}/{e}/{elem}", Access.API_KEY, ElementsApi::delete),
                Route.of("GET", one + "/runtime", Access.ELEMENTS, ElementsApi::runtime));
    }

    /** A failed login is a 200 that carries an error; so is Permit's. */
    private Reply login(Call call) {
        Tx tx = call.tx();
        if (!tx.switches().loginError().isEmpty()) {
            return refused(tx.switches().loginError(), 403);
        }
        Optional<Entity> user = tx.lookup().findUser(call.body().required("user_id"));
        Optional<Entity> tenant = tx.lookup().findTenant(call.body().required("tenant_id"));
        if (tenant.isEmpty()) {
            return refused("Tenant not found", 404);
        }
        if (user.isEmpty()
                || !tx.assignments()
                        .tenantsOf(user.get().id())
                        .contains(tenant.get().id())) {
            return refused("User not found", 404);
        }
        long expiresAt = tx.now() + tx.switches().elementsTokenSeconds() * 1000;
        String bearer = tokens.issue(
                new ElementsTokens.Bearer(user.get().id(), tenant.get().id()), expiresAt);
        String ticket = Ids.named("ticket", bearer);
        ObjectNode body = Json.object().putNull("error").putNull("error_code");
        body.put("token", ticket).putNull("extra");
        body.put("redirect_url", "http://localhost/permit-emulator/elements?token=" + ticket);
        return Reply.ok(body.put("element_bearer_token", bearer));
    }

    private static Reply refused(String error, int code) {
        ObjectNode body = Json.object().put("error", error).put("error_code", code);
        return Reply.ok(body.putNull("token").putNull("extra").putNull("redirect_url"));
    }

    private static Reply list(Call call) {
        Paging paging = Paging.of(call, DEFAULT_SIZE);
        Filter filter = Filter.all(Kind.ELEMENT);
        Entities entities = call.tx().entities();
        List<ObjectNode> rows = entities.list(filter, paging).stream()
                .map(call.tx().views()::element)
                .toList();
        return paging.wrapped(call, rows, entities.count(filter));
    }

    private static Reply create(Call call) {
        return Reply.ok(
                call.tx().views().element(createElement(call.tx(), call.tx().freshId(), call.body())));
    }

    static Entity createElement(Tx tx, String id, Fields body) {
        String type = body.required("elements_type");
        if (!Element.TYPES.contains(type)) {
            throw ApiError.invalid("body", "elements_type", "expected one of " + Element.TYPES, "type_error.enum");
        }
        ObjectNode fields = Json.object().put("name", body.required("name")).put("elements_type", type);
        fields.set("settings", Json.object());
        fields.set("roles_to_levels", Json.object());
        fields.put("email_notifications", false).putNull("webhook");
        apply(tx, fields, body);
        Entity element = tx.entities().insert(id, Kind.ELEMENT, "", body.required("key"), "", fields);
        if (type.equals("operation_approval")) {
            addApprovalRoles(tx, new Element(element));
        }
        return element;
    }

    private static void apply(Tx tx, ObjectNode fields, Fields body) {
        if (body.node().hasNonNull("name")) {
            fields.put("name", body.required("name"));
        }
        if (body.node().hasNonNull("settings")) {
            fields.set("settings", settings(tx, body.object("settings")));
        }
        if (body.node().hasNonNull("email_notifications")) {
            fields.put(
                    "email_notifications",
                    body.node().path("email_notifications").asBoolean());
        }
        if (body.has("webhook")) {
            fields.set("webhook", body.node().get("webhook"));
        }
        if (body.node().hasNonNull("roles_to_levels")) {
            fields.set("roles_to_levels", levels(tx, fields, body.object("roles_to_levels")));
        }
    }

    private static ObjectNode settings(Tx tx, ObjectNode sent) {
        ObjectNode settings = sent.deepCopy();
        String selected = new Fields(settings).optional("resourceTypeSelected");
        if (!selected.isEmpty()) {
            settings.put("resourceTypeSelected", tx.lookup().resource(selected).id());
        }
        return settings;
    }

    /** Levels come with role ids, role keys, or role objects as a read gives them; ids are kept. */
    private static ObjectNode levels(Tx tx, ObjectNode fields, ObjectNode sent) {
        JsonNode settings = fields.path("settings");
        boolean tenantRoles = settings.path("configureType").asText("").equals("RBAC");
        String scope = tenantRoles ? "" : settings.path("resourceTypeSelected").asText("");
        ObjectNode levels = Json.object();
        for (Map.Entry<String, JsonNode> level : sent.properties()) {
            if (!Element.LEVELS.contains(level.getKey())) {
                throw ApiError.invalid("body", "roles_to_levels", "expected " + Element.LEVELS, "type_error.enum");
            }
            ArrayNode ids = levels.putArray(level.getKey());
            for (JsonNode role : level.getValue()) {
                String reference = role.isObject() ? role.path("id").asText() : role.asText();
                ids.add(tx.lookup().role(scope, reference).id());
            }
        }
        return levels;
    }

    /** Permit adds these two roles, and the actions they permit, when it makes the element. */
    private static void addApprovalRoles(Tx tx, Element element) {
        Optional<Entity> resource = tx.entities().byId(Kind.RESOURCE, element.resourceId());
        if (resource.isEmpty()) {
            return;
        }
        ObjectNode fields = resource.get().body().deepCopy();
        ObjectNode actions = fields.withObjectProperty("actions");
        for (String action : List.of("operate", "review", "approve", "deny")) {
            if (!actions.has(action)) {
                actions.putObject(action)
                        .put("id", Ids.named("block", resource.get().key() + "|actions", action))
                        .put("key", action)
                        .put("name", action)
                        .putNull("description");
            }
        }
        Entity updated = tx.entities().update(resource.get(), fields);
        addRole(tx, updated, REVIEWER, List.of("review", "approve", "deny"));
        addRole(tx, updated, APPROVED, List.of("operate"));
    }

    private static void addRole(Tx tx, Entity resource, String key, List<String> permissions) {
        if (tx.lookup().findRole(resource.id(), key).isEmpty()) {
            ObjectNode body = Json.object().put("key", key).put("name", key);
            ArrayNode list = body.putArray("permissions");
            permissions.forEach(list::add);
            RolesApi.createRole(tx, tx.freshId(), resource, new Fields(body));
        }
    }

    private static Entity element(Call call) {
        return call.tx().lookup().element(call.path("elem"));
    }

    private static Reply get(Call call) {
        return Reply.ok(call.tx().views().element(element(call)));
    }

    private static Reply update(Call call) {
        Entity element = element(call);
        ObjectNode fields = element.body().deepCopy();
        apply(call.tx(), fields, call.body());
        return Reply.ok(call.tx().views().element(call.tx().entities().update(element, fields)));
    }

    private static Reply delete(Call call) {
        call.tx().entities().delete(element(call));
        return Reply.none();
    }

    private static Reply runtime(Call call) {
        Entity element = element(call);
        ElementsTokens.Bearer bearer = call.bearer();
        Set<String> held = call.tx().assignments().every(Assignments.Filter.ofUser(bearer.userId())).stream()
                .map(row -> row.grant())
                .filter(grant -> grant.tenantId().equals(bearer.tenantId()))
                .map(Assignments.Grant::roleId)
                .collect(Collectors.toSet());
        ObjectNode body = Json.object();
        body.set("config", withoutSecrets(call.tx().views().element(element)));
        return Reply.ok(body.put("current_permission_level", new Element(element).levelOf(held)));
    }

    /** What a user's token reads must not hold the webhook's secret. */
    private static ObjectNode withoutSecrets(ObjectNode config) {
        config.remove("webhook");
        if (config.get("settings") instanceof ObjectNode settings) {
            settings.remove("webhookSecret");
        }
        return config;
    }
}
