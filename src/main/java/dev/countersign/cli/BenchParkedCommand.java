package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.app.ParkedHost;
import dev.countersign.app.WorkHost;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What many parked threads cost; docs/benchmarks.md says how the store is filled, and what the figures mean. */
@Command(
        name = "parked",
        description = "Fill a store with parked threads, start anew over it, and measure what they cost.")
final class BenchParkedCommand implements Callable<Integer> {
    private static final int THREADS_MAX = 10_000_000;
    private static final int DECISIONS_MAX = 1_000;

    private final Shell shell;

    @Option(names = "--threads", paramLabel = "N", description = "default ${DEFAULT-VALUE}")
    private int threads = 100_000;

    @Option(
            names = "--mode",
            description =
                    "fsync (default) or process on H2, or postgres in the database COUNTERSIGN_DB_URL names, which must be empty")
    private WorkHost.Mode mode = WorkHost.Mode.FSYNC;

    @Option(
            names = "--decisions",
            paramLabel = "N",
            description = "made and timed while all of them wait, one in three seconds; default ${DEFAULT-VALUE}")
    private int decisions = 60;

    @Option(names = "--json", description = "print one line of JSON")
    private boolean json;

    BenchParkedCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (threads < 1 || threads > THREADS_MAX || decisions < 1 || decisions > Math.min(threads, DECISIONS_MAX)) {
            throw CliErrors.usage("expected --threads from 1 to " + THREADS_MAX + ", and --decisions from 1 to "
                    + DECISIONS_MAX + ", not more than there are threads");
        }
        ObjectNode figures = ParkedHost.run(shell.config(), mode, threads, decisions);
        FigureList.print(shell, figures, json);
        return figures.path("lost").asInt() == 0 ? 0 : 1;
    }
}
