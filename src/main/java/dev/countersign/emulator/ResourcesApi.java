package dev.countersign.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.emulator.Entities.Filter;
import dev.countersign.emulator.Route.Access;
import java.util.List;
import java.util.Map;

/** Resource types with their actions and attributes. */
final class ResourcesApi {
    private static final String RESOURCES = "/v2/schema/{p}/{e}/resources";
    private static final int DEFAULT_SIZE = 30;

    private ResourcesApi() {}

    static List<Route> routes() {
        String one = RESOURCES + "/{resource}";
        return List.of(
                Route.of("GET", RESOURCES, Access.API_KEY, ResourcesApi::list),
                Route.of("POST", RESOURCES, Access.API_KEY, ResourcesApi::create),
                Route.of("GET", one, Access.API_KEY, ResourcesApi::get),
                Route.of("PUT", one, Access.API_KEY, ResourcesApi::replace),
                Route.of("PATCH", one, Access.API_KEY, ResourcesApi::update),
                Route.of("DELETE", one, Access.API_KEY, ResourcesApi::delete));
    }

    private static Reply list(Call call) {
        Paging paging = Paging.of(call, DEFAULT_SIZE);
        Filter filter = Filter.all(Kind.RESOURCE);
        Entities entities = call.tx().entities();
        List<ObjectNode> rows = entities.list(filter, paging).stream()
                .map(call.tx().views()::resource)
                .toList();
        return paging.bare(call, rows, entities.count(filter));
    }

    private static Reply create(Call call) {
        Entity created = createResource(call.tx(), call.tx().freshId(), call.body());
        return Reply.ok(call.tx().views().resource(created));
    }

    static Entity createResource(Tx tx, String id, Fields body) {
        String key = body.required("key");
        ObjectNode fields = emptyBody();
        fields.put("name", body.optional("name").isEmpty() ? key : body.required("name"));
        apply(fields, key, body);
        Entity resource = tx.entities().insert(id, Kind.RESOURCE, "", key, "", fields);
        addRoles(tx, resource, body);
        return resource;
    }

    private static ObjectNode emptyBody() {
        ObjectNode fields = Json.object();
        fields.putNull("urn").putNull("description");
        fields.putObject("actions");
        fields.putObject("attributes");
        fields.putObject("relations");
        fields.putObject("action_groups");
        return fields;
    }

    /** Writes the fields the body brings over those there are; a map that is brought replaces the whole map. */
    private static void apply(ObjectNode fields, String key, Fields body) {
        for (String text : List.of("name", "urn", "description")) {
            if (body.text(text) != null) {
                fields.put(text, body.text(text));
            }
        }
        for (String map : List.of("actions", "attributes", "relations", "action_groups")) {
            if (body.node().hasNonNull(map)) {
                fields.set(map, blocks(key + "|" + map, body.object(map)));
            }
        }
    }

    /** Gives every entry of a map its id, key and name. */
    private static ObjectNode blocks(String path, ObjectNode sent) {
        ObjectNode blocks = Json.object();
        for (Map.Entry<String, JsonNode> entry : sent.properties()) {
            Fields block =
                    new Fields(entry.getValue() instanceof ObjectNode object ? object.deepCopy() : Json.object());
            ObjectNode node = block.node();
            node.put("id", Ids.named("block", path, entry.getKey()));
            node.put("key", entry.getKey());
            node.put("name", block.optional("name").isEmpty() ? entry.getKey() : block.required("name"));
            node.put("description", block.text("description"));
            blocks.set(entry.getKey(), node);
        }
        return blocks;
    }

    private static void addRoles(Tx tx, Entity resource, Fields body) {
        for (Map.Entry<String, JsonNode> role : body.object("roles").properties()) {
            ObjectNode fields = Fields.of(role.getValue()).node().deepCopy().put("key", role.getKey());
            if (tx.lookup().findRole(resource.id(), role.getKey()).isEmpty()) {
                RolesApi.createRole(tx, tx.freshId(), resource, new Fields(fields));
            }
        }
    }

    private static Entity resource(Call call) {
        return call.tx().lookup().resource(call.path("resource"));
    }

    private static Reply get(Call call) {
        return Reply.ok(call.tx().views().resource(resource(call)));
    }

    private static Reply replace(Call call) {
        Entity resource = resource(call);
        ObjectNode fields = emptyBody().put("name", call.body().required("name"));
        apply(fields, resource.key(), call.body());
        return saved(call, resource, fields);
    }

    private static Reply update(Call call) {
        Entity resource = resource(call);
        ObjectNode fields = resource.body().deepCopy();
        apply(fields, resource.key(), call.body());
        return saved(call, resource, fields);
    }

    private static Reply saved(Call call, Entity resource, ObjectNode fields) {
        Entity updated = call.tx().entities().update(resource, fields);
        addRoles(call.tx(), updated, call.body());
        return Reply.ok(call.tx().views().resource(updated));
    }

    private static Reply delete(Call call) {
        Entity resource = resource(call);
        Entities entities = call.tx().entities();
        entities.every(Filter.inScope(Kind.INSTANCE, resource.id()))
                .forEach(instance -> InstancesApi.remove(call.tx(), instance));
        entities.every(Filter.inScope(Kind.ROLE, resource.id())).forEach(role -> RolesApi.remove(call.tx(), role));
        entities.delete(resource);
        return Reply.none();
    }
}
