package dev.countersign.tool;

import java.util.List;

/** The tools of one agent, over all its MCP servers. Safe for use by many threads. */
public interface ToolClient extends AutoCloseable {
    /**
     * Every tool the agent's servers offer now, in the agent file's order of servers. A name offered by two servers is an
     * error that names both.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-401} when a server cannot be reached
     */
    List<ToolInfo> tools();

    /** Calls a tool once and waits for its end or its deadline; never throws for what the tool or its server does. */
    ToolOutcome call(ToolInvocation invocation);

    @Override
    void close();
}
