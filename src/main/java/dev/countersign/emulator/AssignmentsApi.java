package dev.countersign.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.emulator.Assignments.Filter;
import dev.countersign.emulator.Route.Access;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Role assignments, one by one and in bulk. */
final class AssignmentsApi {
    private static final String ASSIGNMENTS = "/v2/facts/{p}/{e}/role_assignments";
    private static final int LARGEST_BULK = 2000;
    private static final int DEFAULT_SIZE = 30;
    private static final Set<String> POLICIES = Set.of("", "fail", "ignore", "create");

    private AssignmentsApi() {}

    static List<Route> routes() {
        return List.of(
                Route.of("GET", ASSIGNMENTS, Access.API_KEY, AssignmentsApi::list),
                Route.of("POST", ASSIGNMENTS, Access.API_KEY, AssignmentsApi::assign),
                Route.of("DELETE", ASSIGNMENTS, Access.API_KEY, AssignmentsApi::unassign),
                Route.of("POST", ASSIGNMENTS + "/bulk", Access.API_KEY, AssignmentsApi::bulkAssign),
                Route.of("DELETE", ASSIGNMENTS + "/bulk", Access.API_KEY, AssignmentsApi::bulkUnassign));
    }

    /** A filter that names nothing known finds nothing. */
    private static Reply list(Call call) {
        Paging paging = Paging.of(call, DEFAULT_SIZE);
        Lookup lookup = call.tx().lookup();
        Optional<String> user = id(call.query("user"), lookup.findUser(call.query("user")));
        Optional<String> tenant = id(call.query("tenant"), lookup.findTenant(call.query("tenant")));
        Optional<String> resource = id(call.query("resource"), lookup.findResource(call.query("resource")));
        String instanceReference = call.query("resource_instance");
        String resourceId = resource.orElse("");
        Optional<String> instance = id(instanceReference, lookup.findInstance(instanceReference, resourceId));
        if (user.isEmpty() || tenant.isEmpty() || resource.isEmpty() || instance.isEmpty()) {
            return paging.bare(call, List.of(), 0);
        }
        Filter filter = new Filter(user.get(), call.query("role"), tenant.get(), instance.get(), resource.get());
        Assignments assignments = call.tx().assignments();
        List<ObjectNode> rows = assignments.list(filter, paging).stream()
                .map(call.tx().views()::assignment)
                .toList();
        return paging.bare(call, rows, assignments.count(filter));
    }

    /** Empty text for no filter, empty for a filter that names nothing. */
    private static Optional<String> id(String reference, Optional<Entity> found) {
        return reference.isEmpty() ? Optional.of("") : found.map(Entity::id);
    }

    private static Reply assign(Call call) {
        Grants grants = new Grants(call.tx());
        Entity user = call.tx().lookup().user(call.body().required("user"));
        return Reply.ok(call.tx().views().assignment(grants.assign(grants.resolve(user, call.body()))));
    }

    private static Reply unassign(Call call) {
        Grants grants = new Grants(call.tx());
        call.body().required("tenant");
        Entity user = call.tx().lookup().user(call.body().required("user"));
        grants.unassign(grants.resolve(user, call.body()));
        return Reply.none();
    }

    private static Reply bulkAssign(Call call) {
        String policy = call.query("missing_user_policy");
        if (!POLICIES.contains(policy)) {
            throw ApiError.invalid(
                    "query", "missing_user_policy", "expected fail, ignore or create", "type_error.enum");
        }
        int created = 0;
        for (JsonNode item : bulk(call)) {
            Fields wanted = Fields.of(item);
            Optional<Entity> user = bulkUser(call.tx(), wanted.required("user"), policy);
            if (user.isPresent()
                    && call.tx()
                            .assignments()
                            .add(new Grants(call.tx()).resolve(user.get(), wanted))
                            .isPresent()) {
                created++;
            }
        }
        call.tx().ledger().record("api-key", "roles assigned in bulk", Integer.toString(created));
        return Reply.ok(Json.object().put("assignments_created", created));
    }

    private static Optional<Entity> bulkUser(Tx tx, String reference, String policy) {
        Optional<Entity> known = tx.lookup().findUser(reference);
        if (known.isPresent() || policy.equals("ignore")) {
            return known;
        }
        if (policy.equals("create")) {
            ObjectNode body = Json.object().put("key", reference);
            return Optional.of(UsersApi.createUser(tx, tx.freshId(), new Fields(body)));
        }
        throw ApiError.notFound(Kind.USER.label(), reference);
    }

    private static Reply bulkUnassign(Call call) {
        int removed = 0;
        for (JsonNode item : bulk(call)) {
            Fields wanted = Fields.of(item);
            Entity user = call.tx().lookup().user(wanted.required("user"));
            if (call.tx().assignments().remove(new Grants(call.tx()).resolve(user, wanted))) {
                removed++;
            }
        }
        call.tx().ledger().record("api-key", "roles removed in bulk", Integer.toString(removed));
        return Reply.ok(Json.object().put("assignments_removed", removed));
    }

    private static List<JsonNode> bulk(Call call) {
        List<JsonNode> items = call.bodyArray();
        if (items.size() > LARGEST_BULK) {
            throw ApiError.invalid(
                    "body", "__root__", "ensure this value has at most " + LARGEST_BULK + " items", "value_error");
        }
        return items;
    }
}
