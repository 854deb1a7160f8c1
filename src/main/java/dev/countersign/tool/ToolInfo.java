package dev.countersign.tool;

import dev.langchain4j.agent.tool.ToolSpecification;

/**
 * One tool of an agent's MCP servers.
 *
 * @param server name of the server in the agent file
 * @param specification name, description and input schema as offered to the model
 * @param readOnly the server says that it changes nothing outside; false when it does not say
 * @param idempotent the server says that repeating it changes nothing more; false when it does not say
 */
public record ToolInfo(String server, ToolSpecification specification, boolean readOnly, boolean idempotent) {
    /** The tool's name. */
    public String name() {
        return specification.name();
    }
}
