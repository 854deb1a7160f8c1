package dev.countersign.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.langchain4j.mcp.protocol.McpListToolsParams;
import dev.langchain4j.mcp.protocol.McpListToolsRequest;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks over a server's answers to {@code tools/list}: keeps the schemas as they came, leaves out tools that no model could
 * be offered, and ends a list that never ends.
 */
final class ToolListing {
    private static final Logger LOG = LoggerFactory.getLogger(ToolListing.class);
    /** What every model provider takes as a tool's name; also keeps look-alike letters out of the catalogue. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private static final int PAGES_MAX = 50;
    private static final int TOOLS_MAX = 1_000;

    private final String server;
    private final Map<String, JsonNode> schemas = new ConcurrentHashMap<>();
    private final AtomicInteger pages = new AtomicInteger();
    private final AtomicInteger tools = new AtomicInteger();

    ToolListing(String server) {
        this.server = server;
    }

    /** The input schema as the server sent it. */
    JsonNode schema(String tool) {
        return schemas.getOrDefault(tool, Json.object());
    }

    CompletableFuture<JsonNode> watch(McpListToolsRequest request, CompletableFuture<JsonNode> answer) {
        boolean firstPage = !(request.getParams() instanceof McpListToolsParams params) || params.getCursor() == null;
        if (firstPage) {
            pages.set(0);
            tools.set(0);
        }
        return answer.thenApply(this::look);
    }

    private JsonNode look(JsonNode answer) {
        JsonNode offered = answer.path("result").path("tools");
        if (!offered.isArray()) {
            throw new IllegalStateException("expected a list of tools from server " + server + ", got "
                    + Words.brief(answer.path("error").path("message").asText("something else")));
        }
        if (pages.incrementAndGet() > PAGES_MAX || tools.addAndGet(offered.size()) > TOOLS_MAX) {
            throw new IllegalStateException("expected at most " + PAGES_MAX + " pages and " + TOOLS_MAX
                    + " tools from server " + server + ", got more");
        }
        ArrayNode usable = Json.array();
        for (JsonNode tool : offered) {
            String name = tool.path("name").asText("");
            if (NAME.matcher(name).matches() && tool.path("inputSchema").isObject()) {
                schemas.put(name, tool.get("inputSchema"));
                usable.add(tool);
            } else {
                LOG.warn("server {} offers a tool that cannot be used, left out: {}", server, Words.brief(name));
            }
        }
        ObjectNode seen = answer.deepCopy();
        ((ObjectNode) seen.get("result")).set("tools", usable);
        return seen;
    }
}
