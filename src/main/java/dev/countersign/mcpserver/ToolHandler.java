package dev.countersign.mcpserver;

import java.util.Map;

/** What a tool does. Safe for use by many threads. */
@FunctionalInterface
public interface ToolHandler {
    /**
     * Does the call.
     *
     * @return the structured result, plain maps, lists, texts, numbers and booleans; matches the tool's output schema
     * @throws dev.countersign.core.CountersignException when it was not done
     */
    Map<String, Object> handle(ToolCall call);
}
