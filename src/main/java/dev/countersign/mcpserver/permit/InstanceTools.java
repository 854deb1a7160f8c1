package dev.countersign.mcpserver.permit;

import dev.countersign.core.Json;
import dev.countersign.mcpserver.Effect;
import dev.countersign.mcpserver.Field;
import dev.countersign.mcpserver.Schemas;
import dev.countersign.mcpserver.ToolCall;
import dev.countersign.mcpserver.ToolDefinition;
import dev.countersign.permit.Page;
import dev.countersign.permit.Permit;
import dev.countersign.permit.ResourceInstance;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The two tools that look at resource instances. */
final class InstanceTools {
    private static final int INSTANCES_A_PAGE = 100;

    private final Permit permit;

    private InstanceTools(Permit permit) {
        this.permit = permit;
    }

    static List<ToolDefinition> all(Permit permit) {
        InstanceTools tools = new InstanceTools(permit);
        return List.of(tools.list(), tools.check());
    }

    private ToolDefinition list() {
        return new ToolDefinition(
                new ToolDefinition.Face(
                        "list_resource_instances",
                        "List resource instances",
                        "Lists the resource instances that access can be asked for, with key, id, name and attributes."
                                + " Look a name up here, then use its key."),
                Paging.fields(INSTANCES_A_PAGE),
                Paging.schema(Schemas.object(
                        "key", Schemas.string("what other tools take as resource_instance"),
                        "id", Schemas.string("Permit's id"),
                        "name", Schemas.string("what people call it"),
                        "resource", Schemas.string("its type"),
                        "attributes", Schemas.anyObject())),
                Effect.READS,
                this::listed);
    }

    private Map<String, Object> listed(ToolCall call) {
        Page<ResourceInstance> page = permit.instances(
                call.arguments().number("page"), call.arguments().number("per_page"));
        return Paging.json(call, page, InstanceTools::json);
    }

    private static Map<String, Object> json(ResourceInstance instance) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("key", instance.key());
        json.put("id", instance.id());
        json.put("name", instance.displayName());
        json.put("resource", instance.resource());
        json.put("attributes", attributes(instance));
        return json;
    }

    // The SDK writes results with another Jackson, which does not know our nodes.
    private static Object attributes(ResourceInstance instance) {
        Object plain = Json.mapper().convertValue(instance.attributes(), Object.class);
        return plain instanceof Map ? plain : Map.of();
    }

    private ToolDefinition check() {
        return new ToolDefinition(
                new ToolDefinition.Face(
                        "check_permission",
                        "Check a permission",
                        "Asks Permit whether the acting user may do an action on a resource instance now."),
                List.of(
                        Field.key("action", "The action, such as read."),
                        Field.key("resource_instance", "Key of the resource instance.")),
                Schemas.object(
                        "allowed", Schemas.bool("whether Permit says yes"),
                        "user", Schemas.string("who was asked for"),
                        "action", Schemas.string("the action"),
                        "resource_instance", Schemas.string("the instance's key")),
                Effect.READS,
                this::checked);
    }

    private Map<String, Object> checked(ToolCall call) {
        String action = call.arguments().text("action");
        // The decision point knows instances by key only, so an id is translated; what nobody knows is denied by it.
        String given = call.arguments().text("resource_instance");
        String key = permit.instance(given).map(ResourceInstance::key).orElse(given);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("allowed", permit.check(call.user(), action, key));
        json.put("user", call.user());
        json.put("action", action);
        json.put("resource_instance", key);
        return json;
    }
}
