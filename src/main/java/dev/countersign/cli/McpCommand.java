package dev.countersign.cli;

import dev.countersign.app.McpServers;
import dev.countersign.mcpserver.RunningMcp;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs one of our MCP servers. Over stdio, standard output belongs to the protocol. */
@Command(name = "mcp", description = "Run an MCP server: Permit's tools, or the food-ordering example on top of them.")
final class McpCommand implements Callable<Integer> {
    private final Shell shell;

    @Parameters(paramLabel = "permit|food", description = "which server")
    McpServers.Which which = McpServers.Which.PERMIT;

    @Option(names = "--transport", paramLabel = "stdio|http", description = "default stdio")
    Transport transport = Transport.STDIO;

    @Option(names = "--port", paramLabel = "N", description = "for http; default a free one", defaultValue = "0")
    int port;

    @Option(names = "--exclude", paramLabel = "TOOL", split = ",", description = "tools to leave out")
    List<String> exclude = new ArrayList<>();

    @Option(
            names = "--guide-user-id",
            description =
                    "every tool takes user_id, as the guide's first version had it: whoever can call chooses who acts")
    boolean guideUserId;

    private enum Transport {
        STDIO,
        HTTP
    }

    McpCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
        McpServers.Options options = new McpServers.Options(which, List.copyOf(exclude), guideUserId);
        PrintStream protocol = System.out;
        // From here on nothing but the protocol reaches standard output, whatever a library prints.
        System.setOut(System.err);
        try (McpServers servers = McpServers.open(shell.config(), options)) {
            RunningMcp running = transport == Transport.STDIO
                    ? servers.stdio(System.in, protocol, System.err)
                    : servers.http(port, System.err);
            Stop.whenTold(running::close);
            running.join();
        }
        return 0;
    }
}
