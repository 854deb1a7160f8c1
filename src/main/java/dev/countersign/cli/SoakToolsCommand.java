package dev.countersign.cli;

import dev.countersign.app.SoakHost;
import dev.countersign.mcpserver.RunningMcp;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The soak's MCP server over stdio; started by the soak's agent, and of no use to anybody else. */
@Command(name = "soak-tools", hidden = true, description = "Run the soak's own MCP server.")
final class SoakToolsCommand implements Callable<Integer> {
    private final Shell shell;

    @Parameters(paramLabel = "LEDGER", description = "the file its effects are written to")
    Path ledger = Path.of("ledger.tsv");

    SoakToolsCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
        PrintStream protocol = System.out;
        System.setOut(System.err);
        RunningMcp running = SoakHost.tools(shell.config(), ledger).stdio(System.in, protocol, System.err);
        Stop.whenTold(running::close);
        running.join();
        return 0;
    }
}
