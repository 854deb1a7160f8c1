package dev.countersign.model;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.json.JsonBooleanSchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonNumberSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a tool's specification says of its parameters, with nothing missing. */
final class ToolSchema {
    private static final Set<String> LOOKS = Set.of("list", "get", "search", "find", "show", "query", "browse");
    private final ToolSpecification tool;

    ToolSchema(ToolSpecification tool) {
        this.tool = tool;
    }

    String name() {
        return tool.name();
    }

    Map<String, JsonSchemaElement> parameters() {
        return tool.parameters() == null || tool.parameters().properties() == null
                ? Map.of()
                : tool.parameters().properties();
    }

    boolean requires(String parameter) {
        return required().contains(parameter);
    }

    List<String> required() {
        return tool.parameters() == null || tool.parameters().required() == null
                ? List.of()
                : tool.parameters().required();
    }

    List<String> choices(String parameter) {
        return parameters().get(parameter) instanceof JsonEnumSchema choice ? choice.enumValues() : List.of();
    }

    /** Whether a bare word can be given for it. */
    boolean isText(String parameter) {
        @Nullable JsonSchemaElement element = parameters().get(parameter);
        return !(element instanceof JsonIntegerSchema
                || element instanceof JsonNumberSchema
                || element instanceof JsonBooleanSchema);
    }

    /** Whether it can be called at any time to learn what there is: says that it only reads, and needs no argument. */
    boolean isLister() {
        Object hint = tool.metadata() == null ? null : tool.metadata().get("readOnlyHint");
        String verb = tool.name().split("[_\\-.]|(?<=[a-z])(?=[A-Z])")[0].toLowerCase(java.util.Locale.ROOT);
        boolean reads = hint instanceof Boolean said ? said : LOOKS.contains(verb);
        return reads && LOOKS.contains(verb) && required().isEmpty();
    }
}
