package dev.countersign.mcpserver;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import dev.countersign.core.McpMeta;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls tools as a host does, without a transport in between. */
public final class Caller {
    private final List<SyncToolSpecification> tools;

    public Caller(List<SyncToolSpecification> tools) {
        this.tools = tools;
    }

    /** One call with whatever the host would put into {@code _meta}. */
    public Answer call(String tool, Map<String, Object> arguments, Map<String, Object> meta) {
        SyncToolSpecification specification = tools.stream()
                .filter(candidate -> candidate.tool().name().equals(tool))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no tool " + tool));
        CallToolResult result = specification
                .callHandler()
                .apply(
                        noExchange(),
                        CallToolRequest.builder(tool)
                                .arguments(arguments)
                                .meta(meta)
                                .build());
        String text = ((TextContent) result.content().get(0)).text();
        return new Answer(Boolean.TRUE.equals(result.isError()), Json.read(text), text);
    }

    /** One call of a user. */
    public Answer as(String user, String tool, Map<String, Object> arguments) {
        return call(tool, arguments, Map.of(McpMeta.USER, user));
    }

    /** One call of a user with an idempotency key. */
    public Answer once(String key, String user, String tool, Map<String, Object> arguments) {
        Map<String, Object> meta = new HashMap<>();
        meta.put(McpMeta.USER, user);
        meta.put(McpMeta.IDEMPOTENCY_KEY, key);
        return call(tool, arguments, meta);
    }

    // No handler of ours looks at the exchange.
    @SuppressWarnings("NullAway")
    private static io.modelcontextprotocol.server.McpSyncServerExchange noExchange() {
        return null;
    }

    /** A result as the model reads it. */
    public record Answer(boolean isError, JsonNode json, String text) {
        /** The stable word of a refusal, or null. */
        public @Nullable String error() {
            return json.path("error").asText(null);
        }
    }
}
