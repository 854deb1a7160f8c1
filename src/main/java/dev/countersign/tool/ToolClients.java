package dev.countersign.tool;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes tool clients. */
public final class ToolClients {
    /** The word that stands for this very program at the start of a server's command. */
    public static final String SELF = "countersign";

    private ToolClients() {}

    /** As {@link #connect(List, List, ToolLimits)} with the default limits. */
    public static ToolClient connect(List<ServerSpec> servers, List<String> selfCommand) {
        return connect(servers, selfCommand, ToolLimits.DEFAULT);
    }

    /**
     * A client of these MCP servers, for all users of an agent. It does no I/O yet: a server is started, or connected to, when
     * it is first needed, and again when it has died. Subprocesses end with the client, and also when this process is killed:
     * their standard input ends then.
     *
     * @param selfCommand how to start this program, up to where its arguments begin
     */
    public static ToolClient connect(List<ServerSpec> servers, List<String> selfCommand, ToolLimits limits) {
        List<ServerConnection> connections = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (ServerSpec server : servers) {
            if (!names.add(server.name())) {
                throw new IllegalArgumentException("expected one server of each name, got two of " + server.name());
            }
            connections.add(new ServerConnection(server, commandOf(server, selfCommand), limits));
        }
        return new McpToolClient(connections);
    }

    private static List<String> commandOf(ServerSpec server, List<String> selfCommand) {
        if (server.command().isEmpty() || !server.command().get(0).equals(SELF)) {
            return server.command();
        }
        List<String> command = new ArrayList<>(selfCommand);
        command.addAll(server.command().subList(1, server.command().size()));
        return command;
    }
}
