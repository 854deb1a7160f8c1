package dev.countersign.cli;

import dev.countersign.graph.Agents;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints the graph that runs every agent. */
@Command(name = "graph", description = "Print an agent's state graph as a Mermaid flow chart.")
final class GraphCommand implements Callable<Integer> {
    private final Shell shell;

    @Parameters(paramLabel = "AGENT", arity = "0..1", description = "the chart's title", defaultValue = "agent")
    String agent = "agent";

    GraphCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        shell.out().println(Agents.diagram(agent));
        return 0;
    }
}
