package dev.countersign.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.emulator.Policy.Question;
import dev.countersign.emulator.Policy.Seen;
import dev.countersign.emulator.Route.Access;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The policy decision point. A denial is an ordinary answer; unknown names are denied. */
final class PdpApi {
    private static final int LARGEST_BULK = 2000;

    private PdpApi() {}

    static List<Route> routes() {
        return List.of(
                Route.of("POST", "/allowed", Access.PDP, PdpApi::allowed),
                Route.of("POST", "/allowed/bulk", Access.PDP, PdpApi::bulk),
                Route.of("POST", "/user-permissions", Access.PDP, PdpApi::userPermissions),
                Route.of("POST", "/authorized_users", Access.PDP, PdpApi::authorizedUsers),
                Route.of("POST", "/allowed/all-tenants", Access.PDP_HORIZON, PdpApi::allTenants),
                Route.of("POST", "/user-tenants", Access.PDP_HORIZON, PdpApi::userTenants),
                Route.of("POST", "/allowed_url", Access.PDP_HORIZON, PdpApi::allowedUrl),
                Route.of("GET", "/healthy", Access.OPEN, PdpApi::healthy),
                Route.of("GET", "/health", Access.OPEN, PdpApi::healthy));
    }

    private static Reply healthy(Call call) {
        return Reply.ok(Json.object().put("status", "ok"));
    }

    private static Reply allowed(Call call) {
        return Reply.ok(decision(call, call.body()));
    }

    private static ObjectNode decision(Call call, Fields body) {
        boolean allow = new Policy(call.tx()).allows(question(body));
        ObjectNode answer = Json.object().put("allow", allow).put("result", allow);
        answer.putObject("query");
        answer.putObject("debug");
        return answer;
    }

    /** The resource's tenant, else the context's, else the default one. */
    private static Question question(Fields body) {
        return question(body, user(body));
    }

    private static Question question(Fields body, String user) {
        Fields resource = new Fields(body.object("resource"));
        String tenant = resource.optional("tenant");
        if (tenant.isEmpty()) {
            tenant = new Fields(body.object("context")).optional("tenant");
        }
        return new Question(
                user,
                body.required("action"),
                resource.optional("type"),
                resource.optional("key"),
                tenant.isEmpty() ? Seeder.TENANT : tenant);
    }

    private static String user(Fields body) {
        JsonNode user = body.node().path("user");
        return user.isObject() ? Fields.of(user).required("key") : body.required("user");
    }

    private static Reply bulk(Call call) {
        List<JsonNode> questions = call.bodyArray();
        if (questions.size() > LARGEST_BULK) {
            throw ApiError.detail(422, "expected at most " + LARGEST_BULK + " checks");
        }
        ObjectNode answer = Json.object();
        ArrayNode decisions = answer.putArray("allow");
        questions.forEach(question -> decisions.add(decision(call, Fields.of(question))));
        return Reply.ok(answer);
    }

    private static Reply allTenants(Call call) {
        Question asked = question(call.body());
        ObjectNode answer = Json.object();
        ArrayNode allowed = answer.putArray("allowed_tenants");
        for (Entity tenant : call.tx().entities().every(Entities.Filter.all(Kind.TENANT))) {
            Question here = new Question(asked.user(), asked.action(), asked.type(), asked.key(), tenant.key());
            if (new Policy(call.tx()).allows(here)) {
                allowed.addObject()
                        .put("allow", true)
                        .put("result", true)
                        .set("tenant", tenantView(tenant.key(), new Fields(tenant.body()).object("attributes")));
            }
        }
        return Reply.ok(answer);
    }

    private static ObjectNode tenantView(String key, ObjectNode attributes) {
        return Json.object().put("key", key).set("attributes", attributes);
    }

    private static Reply userTenants(Call call) {
        ArrayNode tenants = Json.array();
        Tx tx = call.tx();
        tx.lookup().findUserByKey(user(call.body())).ifPresent(user -> {
            for (String id : tx.assignments().tenantsOf(user.id())) {
                tx.entities()
                        .byId(Kind.TENANT, id)
                        .ifPresent(tenant ->
                                tenants.add(tenantView(tenant.key(), new Fields(tenant.body()).object("attributes"))));
            }
        });
        return Reply.ok(tenants);
    }

    private static Reply userPermissions(Call call) {
        Fields body = call.body();
        Set<String> tenants = Set.copyOf(body.texts("tenants"));
        Set<String> resources = Set.copyOf(body.texts("resources"));
        Set<String> types = Set.copyOf(body.texts("resource_types"));
        Map<String, ObjectNode> answer = new LinkedHashMap<>();
        for (Seen seen : new Policy(call.tx()).ofUser(user(body))) {
            String type = seen.onInstance() ? seen.type() : "__tenant";
            String object = type + ":" + (seen.onInstance() ? seen.instance() : seen.tenant());
            boolean wanted = (tenants.isEmpty() || tenants.contains(seen.tenant()))
                    && (resources.isEmpty() || resources.contains(object))
                    && (types.isEmpty() || types.contains(type));
            if (wanted) {
                merge(answer.computeIfAbsent(object, unused -> objectView(seen)), seen);
            }
        }
        ObjectNode reply = Json.object();
        return Reply.ok(reply.setAll(answer));
    }

    private static ObjectNode objectView(Seen seen) {
        ObjectNode view = Json.object();
        if (seen.onInstance()) {
            view.putObject("resource")
                    .put("type", seen.type())
                    .put("key", seen.instance())
                    .set("attributes", seen.instanceAttributes());
        }
        view.set("tenant", tenantView(seen.tenant(), seen.tenantAttributes()));
        view.putArray("permissions");
        view.putArray("roles");
        return view;
    }

    private static void merge(ObjectNode view, Seen seen) {
        Set<String> permissions = new TreeSet<>(new Fields(view).texts("permissions"));
        permissions.addAll(seen.named());
        ArrayNode list = view.putArray("permissions");
        permissions.forEach(list::add);
        view.withArrayProperty("roles").add(seen.role());
    }

    private static Reply authorizedUsers(Call call) {
        // The only question without a user: the users are the answer.
        Question question = question(call.body(), "");
        String resource = question.type() + ":" + (question.key().isEmpty() ? "*" : question.key());
        ObjectNode answer = Json.object().put("resource", resource).put("tenant", question.tenant());
        ObjectNode users = answer.putObject("users");
        for (Seen seen : new Policy(call.tx()).granting(question)) {
            String where = seen.onInstance() ? seen.type() + ":" + seen.instance() : "__tenant:" + seen.tenant();
            users.withArrayProperty(seen.user())
                    .addObject()
                    .put("user", seen.user())
                    .put("tenant", seen.tenant())
                    .put("resource", where)
                    .put("role", seen.role());
        }
        return Reply.ok(answer);
    }

    private static Reply allowedUrl(Call call) {
        throw ApiError.detail(501, "the emulator has no URL mapping rules, so it cannot decide by URL");
    }
}
