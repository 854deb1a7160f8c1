package dev.countersign.model;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The food family's tools as their servers describe them, with the results that routing needs. */
public final class FoodTools {
    /** Four restaurants, one of them under a name that no example knows when {@code renamed} is true. */
    public static String restaurants(boolean renamed) {
        return "{\"resource_instances\":[{\"key\":\"1\",\"name\":\"Pizza Palace\"},{\"key\":\"2\",\"name\":\"Burger Bonanza\"},"
                + "{\"key\":\"3\",\"name\":\"" + (renamed ? "Chez Mireille" : "Fancy French")
                + "\"},{\"key\":\"4\",\"name\":\"Sushi World\"}],\"page\":1,\"per_page\":30}";
    }

    private static final Set<String> PARENTS = Set.of("joe", "jane");

    private static final Map<String, List<String>> REQUIRED = Map.ofEntries(
            Map.entry("list_resource_instances", List.of()),
            Map.entry("create_access_request", List.of("resource_instance", "role", "reason")),
            Map.entry("list_access_requests", List.of()),
            Map.entry("approve_access_request", List.of("access_request_id")),
            Map.entry("deny_access_request", List.of("access_request_id")),
            Map.entry("cancel_access_request", List.of("access_request_id")),
            Map.entry("create_operation_approval", List.of("resource_instance", "operation", "reason")),
            Map.entry("list_operation_approvals", List.of()),
            Map.entry("approve_operation_approval", List.of("operation_approval_id")),
            Map.entry("deny_operation_approval", List.of("operation_approval_id")),
            Map.entry("cancel_operation_approval", List.of("operation_approval_id")),
            Map.entry("check_permission", List.of("action", "resource_instance")),
            Map.entry("list_dishes", List.of("restaurant_id")),
            Map.entry("order_dish", List.of("restaurant_id", "dish_name")));

    private static final Map<String, List<String>> OPTIONAL = Map.of(
            "list_resource_instances", List.of("page", "per_page"),
            "list_access_requests", List.of("status", "role", "resource_instance", "page", "per_page"),
            "list_operation_approvals", List.of("status", "resource_instance", "page", "per_page"),
            "approve_access_request", List.of("reviewer_comment"),
            "deny_access_request", List.of("reviewer_comment"),
            "approve_operation_approval", List.of("reviewer_comment"),
            "deny_operation_approval", List.of("reviewer_comment"));

    private FoodTools() {}

    /** What the user's role is offered: parents everything, children no reviewing. */
    public static List<ToolSpecification> of(String user) {
        return REQUIRED.keySet().stream()
                .filter(name -> PARENTS.contains(user) || isForChildren(name))
                .sorted()
                .map(FoodTools::tool)
                .toList();
    }

    private static boolean isForChildren(String name) {
        boolean review = name.startsWith("approve") || name.startsWith("deny");
        return !review && (!name.startsWith("list_") || name.equals("list_dishes") || name.endsWith("instances"));
    }

    private static ToolSpecification tool(String name) {
        JsonObjectSchema.Builder schema = JsonObjectSchema.builder();
        List<String> required = REQUIRED.getOrDefault(name, List.of());
        required.forEach(schema::addStringProperty);
        for (String parameter : OPTIONAL.getOrDefault(name, List.of())) {
            if (parameter.endsWith("page")) {
                schema.addIntegerProperty(parameter);
            } else {
                schema.addStringProperty(parameter);
            }
        }
        return ToolSpecification.builder()
                .name(name)
                .description("The tool " + name.replace('_', ' '))
                .parameters(schema.required(required).build())
                .build();
    }
}
