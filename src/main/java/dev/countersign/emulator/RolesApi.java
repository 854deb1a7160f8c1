package dev.countersign.emulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.emulator.Entities.Filter;
import dev.countersign.emulator.Route.Access;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Roles of a resource (held on instances) and tenant roles: the same verbs on two paths. */
final class RolesApi {
    private static final String TENANT_ROLES = "/v2/schema/{p}/{e}/roles";
    private static final String RESOURCE_ROLES = "/v2/schema/{p}/{e}/resources/{resource}/roles";
    private static final int DEFAULT_SIZE = 30;

    private final boolean ofResource;

    private RolesApi(boolean ofResource) {
        this.ofResource = ofResource;
    }

    static List<Route> resourceRoutes() {
        return new RolesApi(true).routes(RESOURCE_ROLES);
    }

    static List<Route> tenantRoutes() {
        return new RolesApi(false).routes(TENANT_ROLES);
    }

    private List<Route> routes(String base) {
        String one = base + "/{role}";
        return List.of(
                Route.of("GET", base, Access.API_KEY, this::list),
                Route.of("POST", base, Access.API_KEY, this::create),
                Route.of("GET", one, Access.API_KEY, this::get),
                Route.of("PATCH", one, Access.API_KEY, this::update),
                Route.of("DELETE", one, Access.API_KEY, this::delete),
                Route.of("POST", one + "/permissions", Access.API_KEY, this::addPermissions),
                Route.of("DELETE", one + "/permissions", Access.API_KEY, this::removePermissions));
    }

    private Optional<Entity> resource(Call call) {
        return ofResource ? Optional.of(call.tx().lookup().resource(call.path("resource"))) : Optional.empty();
    }

    private String scope(Call call) {
        return resource(call).map(Entity::id).orElse("");
    }

    private Reply list(Call call) {
        Paging paging = Paging.of(call, DEFAULT_SIZE);
        Filter filter = Filter.inScope(Kind.ROLE, scope(call));
        Entities entities = call.tx().entities();
        List<ObjectNode> rows = entities.list(filter, paging).stream()
                .map(call.tx().views()::role)
                .toList();
        return paging.bare(call, rows, entities.count(filter));
    }

    private Reply create(Call call) {
        Tx tx = call.tx();
        Optional<Entity> resource = resource(call);
        Entity role = resource.isPresent()
                ? createRole(tx, tx.freshId(), resource.get(), call.body())
                : createTenantRole(tx, call.body());
        return Reply.ok(tx.views().role(role));
    }

    static Entity createRole(Tx tx, String id, Entity resource, Fields body) {
        Set<String> permissions = new LinkedHashSet<>(body.texts("permissions"));
        requireActions(resource, permissions);
        return tx.entities().insert(id, Kind.ROLE, resource.id(), body.required("key"), "", fields(body, permissions));
    }

    private static Entity createTenantRole(Tx tx, Fields body) {
        Set<String> permissions = new LinkedHashSet<>(body.texts("permissions"));
        requireTypedActions(tx, permissions);
        return tx.entities().insert(tx.freshId(), Kind.ROLE, "", body.required("key"), "", fields(body, permissions));
    }

    private static ObjectNode fields(Fields body, Set<String> permissions) {
        ObjectNode fields = Json.object();
        String name = body.optional("name");
        fields.put("name", name.isEmpty() ? body.required("key") : name);
        fields.put("description", body.text("description"));
        put(fields, permissions);
        ArrayNode parents = fields.putArray("extends");
        body.texts("extends").forEach(parents::add);
        fields.set("attributes", body.object("attributes"));
        fields.putNull("granted_to");
        return fields;
    }

    private static void put(ObjectNode fields, Set<String> permissions) {
        ArrayNode list = fields.putArray("permissions");
        permissions.forEach(list::add);
    }

    /** A resource role names actions of its resource, bare or as {@code type:action}. */
    private static void requireActions(Entity resource, Set<String> permissions) {
        for (String permission : permissions) {
            String action = permission.startsWith(resource.key() + ":")
                    ? permission.substring(resource.key().length() + 1)
                    : permission;
            if (!resource.body().path("actions").has(action)) {
                throw ApiError.of(422, "MISSING_PERMISSIONS", resource.label() + " has no action '" + permission + "'");
            }
        }
    }

    private static void requireTypedActions(Tx tx, Set<String> permissions) {
        for (String permission : permissions) {
            int colon = permission.indexOf(':');
            if (colon < 1) {
                throw ApiError.of(
                        422, "INVALID_PERMISSION_FORMAT", "expected resource:action, got '" + permission + "'");
            }
            requireActions(tx.lookup().resource(permission.substring(0, colon)), Set.of(permission));
        }
    }

    private void requirePermissions(Call call, Set<String> permissions) {
        Optional<Entity> resource = resource(call);
        if (resource.isPresent()) {
            requireActions(resource.get(), permissions);
        } else {
            requireTypedActions(call.tx(), permissions);
        }
    }

    private Entity role(Call call) {
        return call.tx().lookup().role(scope(call), call.path("role"));
    }

    private Reply get(Call call) {
        return Reply.ok(call.tx().views().role(role(call)));
    }

    private Reply update(Call call) {
        Entity role = role(call);
        Fields body = call.body();
        ObjectNode fields = role.body().deepCopy();
        for (String text : List.of("name", "description")) {
            if (body.has(text)) {
                fields.put(text, body.text(text));
            }
        }
        if (body.node().hasNonNull("attributes")) {
            fields.set("attributes", body.object("attributes"));
        }
        if (body.node().hasNonNull("permissions")) {
            Set<String> permissions = new LinkedHashSet<>(body.texts("permissions"));
            requirePermissions(call, permissions);
            put(fields, permissions);
        }
        return Reply.ok(call.tx().views().role(call.tx().entities().update(role, fields)));
    }

    private Reply delete(Call call) {
        remove(call.tx(), role(call));
        return Reply.none();
    }

    static void remove(Tx tx, Entity role) {
        tx.assignments().forget(role.id());
        tx.entities().delete(role);
    }

    private Reply addPermissions(Call call) {
        Set<String> added = new LinkedHashSet<>(call.body().texts("permissions"));
        requirePermissions(call, added);
        Entity role = role(call);
        Set<String> permissions = permissions(role);
        permissions.addAll(added);
        return savedPermissions(call, role, permissions);
    }

    private Reply removePermissions(Call call) {
        Entity role = role(call);
        Set<String> permissions = permissions(role);
        permissions.removeAll(new LinkedHashSet<>(call.body().texts("permissions")));
        return savedPermissions(call, role, permissions);
    }

    private static Reply savedPermissions(Call call, Entity role, Set<String> permissions) {
        ObjectNode fields = role.body().deepCopy();
        put(fields, permissions);
        return Reply.ok(call.tx().views().role(call.tx().entities().update(role, fields)));
    }

    static Set<String> permissions(Entity role) {
        return new LinkedHashSet<>(new Fields(role.body()).texts("permissions"));
    }
}
