package dev.countersign.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tools of several MCP servers under one roof. Safe for use by many threads. */
final class McpToolClient implements ToolClient {
    private static final ErrorCode UNREACHABLE = new ErrorCode("CS-401", ErrorCode.Kind.UNREACHABLE);
    private static final ErrorCode AMBIGUOUS = new ErrorCode("CS-402", ErrorCode.Kind.INVALID);

    private final List<ServerConnection> servers;

    McpToolClient(List<ServerConnection> servers) {
        this.servers = List.copyOf(servers);
    }

    @Override
    public List<ToolInfo> tools() {
        Map<String, ToolInfo> byName = new HashMap<>();
        List<ToolInfo> all = new ArrayList<>();
        for (ServerConnection server : servers) {
            for (ToolInfo tool : toolsOf(server)) {
                ToolInfo other = byName.put(tool.name(), tool);
                if (other != null) {
                    throw new CountersignException(
                            AMBIGUOUS,
                            "expected each tool from one server, but " + tool.name() + " is offered by "
                                    + other.server() + " and " + tool.server()
                                    + ". Leave one of the servers out of the agent file.");
                }
                all.add(tool);
            }
        }
        return all;
    }

    private static List<ToolInfo> toolsOf(ServerConnection server) {
        try {
            return server.tools();
        } catch (UnreachableException e) {
            throw new CountersignException(
                    UNREACHABLE, e.getMessage() + ". Check its entry in the agent file, and that it can run here.", e);
        }
    }

    @Override
    public ToolOutcome call(ToolInvocation invocation) {
        ServerConnection server = serverOf(invocation.tool());
        if (server == null) {
            return elsewhere(invocation);
        }
        Optional<String> complaint = complaint(server, invocation);
        return complaint
                .<ToolOutcome>map(words -> new ToolOutcome.Failed(Words.error("bad_arguments", words)))
                .orElseGet(() -> server.call(invocation));
    }

    private @Nullable ServerConnection serverOf(String tool) {
        for (ServerConnection server : servers) {
            if (server.find(tool).isPresent()) {
                return server;
            }
        }
        return null;
    }

    /** A tool of no listing so far: a server may not have been asked yet, or not be reachable. */
    private ToolOutcome elsewhere(ToolInvocation invocation) {
        try {
            tools();
        } catch (CountersignException e) {
            return new ToolOutcome.NotSent(
                    Words.error("not_sent", "Nothing was sent, so nothing happened: " + e.detail()));
        }
        ServerConnection server = serverOf(invocation.tool());
        return server == null
                ? new ToolOutcome.Failed(Words.error(
                        "unknown_tool",
                        "There is no tool with the exact name " + Words.quoted(invocation.tool()) + "."))
                : call(invocation);
    }

    /** The gate has checked before; a call that came another way, or long ago, is checked against today's schema. */
    private static Optional<String> complaint(ServerConnection server, ToolInvocation invocation) {
        try {
            JsonNode arguments = Json.read(invocation.arguments());
            return new ArgumentCheck(
                            server.find(invocation.tool()).orElseThrow().inputSchema())
                    .complaint(arguments);
        } catch (CountersignException e) {
            return Optional.of(e.detail());
        }
    }

    @Override
    public void close() {
        servers.forEach(ServerConnection::close);
    }
}
