package dev.countersign.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import java.util.Map;

/**
 * Fills a new database: the tenant {@code default}, then what the seed file names, through the same code that serves the
 * routes. The users also answer to their number in the file, counted from 1, unless a user has that number as key.
 */
final class Seeder {
    static final String TENANT = "default";

    private static final String ADD_ALIAS = "INSERT INTO alias (alias, user_id) VALUES (:alias, :user)";

    private final Tx tx;
    private final SeedFile file;

    Seeder(Tx tx, SeedFile file) {
        this.tx = tx;
        this.file = file;
    }

    void seed() {
        Entity tenant = tx.entities()
                .insert(
                        Ids.named("tenant", TENANT),
                        Kind.TENANT,
                        "",
                        TENANT,
                        "",
                        TenantsApi.tenantBody("Default Tenant"));
        JsonNode resourceNode = file.root().path("resource");
        Entity resource = at(resourceNode, () -> resource(Fields.of(resourceNode)));
        for (Map.Entry<String, JsonNode> role : resourceNode.path("roles").properties()) {
            ObjectNode body = at(role.getValue(), () -> Fields.of(role.getValue()))
                    .node()
                    .deepCopy()
                    .put("key", role.getKey());
            String id = Ids.named("role", resource.key(), role.getKey());
            at(role.getValue(), () -> RolesApi.createRole(tx, id, resource, new Fields(body)));
        }
        for (JsonNode node : file.root().path("instances")) {
            at(node, () -> instance(resource, Fields.of(node)));
        }
        for (JsonNode node : file.root().path("elements")) {
            at(node, () -> element(resource, Fields.of(node)));
        }
        int number = 0;
        for (JsonNode node : file.root().path("users")) {
            number++;
            String alias = Integer.toString(number);
            at(node, () -> user(resource, tenant, Fields.of(node), alias));
        }
        tx.ledger().record("emulator", "seeded", resource.key());
    }

    private interface Step<T> {
        T run();
    }

    /** Turns what a route would have refused into an error that names the line. */
    private <T> T at(JsonNode node, Step<T> step) {
        try {
            return step.run();
        } catch (ApiError e) {
            throw file.bad(
                    node,
                    "expected something the emulator can take over, got "
                            + e.reply().body());
        }
    }

    private Entity resource(Fields node) {
        ObjectNode body = Json.object().put("key", node.required("key"));
        body.put("name", node.optional("name"));
        ObjectNode actions = body.putObject("actions");
        node.texts("actions").forEach(actions::putObject);
        ObjectNode attributes = body.putObject("attributes");
        for (Map.Entry<String, JsonNode> attribute : node.object("attributes").properties()) {
            attributes
                    .putObject(attribute.getKey())
                    .put("type", attribute.getValue().asText());
        }
        return ResourcesApi.createResource(tx, Ids.named("resource", node.required("key")), new Fields(body));
    }

    private Entity instance(Entity resource, Fields node) {
        ObjectNode body = Json.object().put("key", node.required("key")).put("resource", resource.key());
        body.put("tenant", TENANT).set("attributes", node.object("attributes"));
        String id = Ids.named("instance", resource.key(), node.required("key"));
        return InstancesApi.createInstance(tx, id, new Fields(body));
    }

    private Entity element(Entity resource, Fields node) {
        ObjectNode body = Json.object().put("key", node.required("key"));
        body.put("name", node.required("name")).put("elements_type", node.required("type"));
        body.putObject("settings").put("configureType", "REBAC").put("resourceTypeSelected", resource.id());
        body.set("roles_to_levels", node.object("levels"));
        return ElementsApi.createElement(tx, Ids.named("element", node.required("key")), new Fields(body));
    }

    private Entity user(Entity resource, Entity tenant, Fields node, String alias) {
        ObjectNode body = node.node().deepCopy();
        ArrayNode roles = body.putArray("role_assignments");
        for (Map.Entry<String, JsonNode> held : node.object("roles").properties()) {
            for (JsonNode instance : held.getValue()) {
                roles.addObject()
                        .put("role", held.getKey())
                        .put("tenant", TENANT)
                        .put("resource_instance", resource.key() + ":" + instance.asText());
            }
        }
        Entity user = UsersApi.createUser(tx, Ids.named("user", node.required("key")), new Fields(body));
        tx.assignments().join(user.id(), tenant.id());
        tx.handle()
                .createUpdate(ADD_ALIAS)
                .bind("alias", alias)
                .bind("user", user.id())
                .execute();
        return user;
    }
}
