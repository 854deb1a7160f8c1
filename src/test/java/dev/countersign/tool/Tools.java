package dev.countersign.tool;

import dev.countersign.core.Json;
import dev.langchain4j.agent.tool.ToolSpecification;

/** Tools for tests, made from their JSON Schema. */
final class Tools {
    private Tools() {}

    static ToolInfo tool(String name, String schema) {
        return tool(name, schema, false, false);
    }

    static ToolInfo tool(String name, String schema, boolean readOnly, boolean idempotent) {
        return new ToolInfo(
                "volumes",
                ToolSpecification.builder().name(name).description(name).build(),
                readOnly,
                idempotent,
                Json.read(schema));
    }
}
