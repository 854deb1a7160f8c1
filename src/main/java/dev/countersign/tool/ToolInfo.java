package dev.countersign.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import dev.langchain4j.agent.tool.ToolSpecification;

/**
 * One tool of an agent's MCP servers.
 *
 * @param server name of the server in the agent file
 * @param specification name, description and input schema as offered to the model
 * @param readOnly the server says that it changes nothing outside; false when it does not say
 * @param idempotent the server says that repeating it changes nothing more; false when it does not say
 * @param inputSchema the JSON Schema exactly as the server sent it; the specification's own form of it drops keywords such as
 *     {@code minLength} and {@code maximum}
 */
public record ToolInfo(
        String server, ToolSpecification specification, boolean readOnly, boolean idempotent, JsonNode inputSchema) {
    /** A tool whose schema is known only as far as its specification tells. */
    public ToolInfo(String server, ToolSpecification specification, boolean readOnly, boolean idempotent) {
        this(
                server,
                specification,
                readOnly,
                idempotent,
                Json.read(specification.toJson()).path("parameters"));
    }

    /** The tool's name. */
    public String name() {
        return specification.name();
    }

    /** Whether calling it again with the same idempotency key does no harm. */
    public boolean repeatable() {
        return readOnly || idempotent;
    }
}
