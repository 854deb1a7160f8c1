package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.app.WorkHost;
import dev.countersign.app.WorkHost.Mode;
import dev.countersign.config.Config;
import dev.countersign.lab.work.Parks;
import dev.countersign.lab.work.Turns;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One of the workloads that rivals are measured on; docs/benchmarks.md says how the figures compare. */
@Command
final class BenchWorkCommand implements Callable<Integer> {
    private static final int LONG = 10_000;

    private final Shell shell;
    private final Work work;

    /** The workloads, by the names that all rivals use. */
    enum Work {
        W1("Measure turns in one growing thread."),
        W1L("Measure the same up to turn 10,000."),
        W2("Measure parking threads for an approval, and resuming them."),
        W3("Measure resuming in a new process what a killed one had parked."),
        W4("Measure 64 threads at a time."),
        W5("Measure calls of an MCP server over stdio; --server says which."),
        W6("Count what is left when a process is killed as it enters a tool.");

        private final String description;

        Work(String description) {
            this.description = description;
        }
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--mode",
            description =
                    "fsync (default) or process on H2, postgres in the database COUNTERSIGN_DB_URL names, or stock: W1 and W4 on "
                            + "LangGraph4j as it comes, in memory, for at most 5 minutes")
    private Mode mode = Mode.FSYNC;

    @Option(names = "--turns", paramLabel = "N", description = "of W1, default ${DEFAULT-VALUE}")
    private int turns = 1_000;

    @Option(names = "--effects", description = "W1 and W4: let the tool count as one that changes something")
    private boolean effects;

    @Option(names = "--runs", paramLabel = "N", description = "of W2, default ${DEFAULT-VALUE}")
    private int runs = 2_000;

    @Option(names = "--clients", paramLabel = "N", description = "of W2, default ${DEFAULT-VALUE}")
    private int clients = 1;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "of W1 to W4: how many turns or runs the process makes before; as the rivals' if not said")
    private @Nullable Integer warmUp;

    @Option(names = "--tries", paramLabel = "N", description = "of W3 and W6, default ${DEFAULT-VALUE}")
    private int tries = 20;

    @Option(names = "--calls", paramLabel = "N", description = "of W5, default ${DEFAULT-VALUE}")
    private int calls = 5_000;

    @Option(
            names = "--server",
            paramLabel = "COMMAND",
            description = "of W5: starts an MCP server with a tool echo; words are split at blanks")
    private String server = "";

    @Option(names = "--json", description = "print one line of JSON, as the rivals do")
    private boolean json;

    BenchWorkCommand(Shell shell, Work work) {
        this.shell = shell;
        this.work = work;
    }

    /** Adds a command for each workload. */
    static void addTo(CommandLine bench, Shell shell) {
        for (Work work : Work.values()) {
            CommandLine line = new CommandLine(new BenchWorkCommand(shell, work));
            line.getCommandSpec().usageMessage().description(work.description);
            bench.addSubcommand(work.name().toLowerCase(Locale.ROOT), line);
        }
        bench.addSubcommand(new BenchChildCommand(shell));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        ObjectNode figures = measure(shell.config());
        FigureList.print(shell, figures, json);
        return 0;
    }

    private ObjectNode measure(Config config) throws IOException, InterruptedException {
        return switch (work) {
            case W1 -> WorkHost.turns(config, mode, "W1", atLeast("--turns", turns, 100), manner());
            case W1L -> WorkHost.turns(config, mode, "W1L", LONG, manner());
            case W2 ->
                WorkHost.parks(
                        config,
                        mode,
                        atLeast("--runs", runs, 1),
                        atLeast("--clients", clients, 1),
                        before(Math.min(Parks.WARM_UP, runs)));
            case W3 -> WorkHost.coldResume(config, mode, atLeast("--tries", tries, 1), before(0));
            case W4 -> WorkHost.threads(config, mode, manner());
            case W5 -> WorkHost.calls(words(), atLeast("--calls", calls, 1));
            case W6 -> WorkHost.midStep(config, mode, atLeast("--tries", tries, 1));
        };
    }

    private WorkHost.Manner manner() {
        return new WorkHost.Manner(effects, before(Turns.WARM_UP));
    }

    private int before(int usual) {
        return warmUp == null ? usual : atLeast("--warm-up", warmUp, 1);
    }

    private List<String> words() {
        if (server.isBlank()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "expected --server with a command that starts an MCP server with a tool echo");
        }
        return List.of(server.trim().split("\\s+"));
    }

    private int atLeast(String option, int value, int least) {
        if (value < least) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "expected " + option + " of at least " + least + ", got " + value);
        }
        return value;
    }
}
