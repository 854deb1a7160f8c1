package dev.countersign.mcpserver;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;

/**
 * A set of tools that can be served. Over either transport exactly one line on {@code ready} says that calls are taken; the
 * servers write nothing else but protocol.
 *
 * @param name as clients see it
 * @param instructions for the model behind the client
 */
public record McpProgram(String name, String instructions, List<SyncToolSpecification> tools) {
    static final String VERSION = "0.1.0";

    public McpProgram {
        tools = List.copyOf(tools);
    }

    /**
     * Serves one host over two streams, which belong to the protocol from now on: no one else may write to {@code out}.
     * When {@code in} ends, calls under way are finished and answered, for ten seconds at most, before the server ends.
     */
    public RunningMcp stdio(InputStream in, OutputStream out, PrintStream ready) {
        StdioLines lines = StdioLines.over(in, out);
        McpServerTransportProvider transport =
                new StdioServerTransportProvider(McpJsonDefaults.getMapper(), lines.toServer(), lines.fromServer());
        McpSyncServer server = configured(McpServer.sync(transport)).build();
        RunningMcp running = lines.run(server::close);
        ready.println(name + " is ready on stdio with " + tools.size() + " tools");
        ready.flush();
        return running;
    }

    /**
     * Serves streamable HTTP at {@code /mcp} to bearers of the token.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-452} without a token or when the port is taken
     */
    public RunningMcp http(HttpSettings settings, PrintStream ready) {
        RunningMcp running = HttpMcp.start(
                settings, transport -> configured(McpServer.sync(transport)).build());
        ready.println(name + " is ready at " + running.uri() + " with " + tools.size() + " tools");
        ready.flush();
        return running;
    }

    // Inputs are checked by our own fields, whose refusals say what to do; the SDK's check would come first and say
    // less.
    private <S extends McpServer.SyncSpecification<S>> McpServer.SyncSpecification<S> configured(
            McpServer.SyncSpecification<S> specification) {
        return specification
                .serverInfo(name, VERSION)
                .instructions(instructions)
                .capabilities(ServerCapabilities.builder().tools(false).build())
                .validateToolInputs(false)
                .tools(tools);
    }
}
