package dev.countersign.cli;

import dev.countersign.app.BenchHost;
import dev.countersign.core.Json;
import dev.countersign.lab.TurnBench;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures; a figure that is stated somewhere comes from here. */
@Command(name = "bench", description = "Measure how long a turn takes as its conversation grows.")
final class BenchCommand implements Callable<Integer> {
    private static final int WINDOW = 50;
    private static final int LEAST = 4 * WINDOW;

    private final Shell shell;

    @Option(names = "--turns", paramLabel = "N", description = "default ${DEFAULT-VALUE}, at least 200")
    int turns = 2_000;

    @Option(names = "--json", description = "print JSON")
    boolean json;

    BenchCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        TurnBench.Times times = BenchHost.turns(shell.config(), Math.max(LEAST, turns));
        int all = times.millis().size();
        double early = times.median(WINDOW + 1, 2 * WINDOW);
        double late = times.median(all - WINDOW + 1, all);
        if (json) {
            shell.out()
                    .println(Json.write(Json.object()
                            .put("turns", all)
                            .put("median_ms_51_100", early)
                            .put("median_ms_last_50", late)
                            .put("ratio", late / early)));
        } else {
            shell.out()
                    .println(String.format(
                            Locale.ROOT,
                            "%d turns in one thread: median %.2f ms at turns 51-100, %.2f ms at the last 50, ratio %.2f",
                            all,
                            early,
                            late,
                            late / early));
        }
        return 0;
    }
}
