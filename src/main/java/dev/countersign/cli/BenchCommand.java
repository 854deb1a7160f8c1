package dev.countersign.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.app.BenchHost;
import dev.countersign.core.Json;
import dev.countersign.lab.DecisionBench;
import dev.countersign.lab.TurnBench;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures; a figure that is stated somewhere comes from here. Without a subcommand it measures turns. */
@Command(
        name = "bench",
        description = "Measure how long a turn takes as its conversation grows, or what the subcommand says.")
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
        ObjectNode figures = Json.object()
                .put("turns", all)
                .put("median_ms_51_100", early)
                .put("median_ms_last_50", late)
                .put("ratio", late / early);
        tell(
                shell,
                json ? figures : null,
                String.format(
                        Locale.ROOT,
                        "%d turns in one thread: median %.2f ms at turns 51-100, %.2f ms at the last 50, ratio %.2f",
                        all,
                        early,
                        late,
                        late / early));
        return 0;
    }

    private static void tell(Shell shell, @Nullable ObjectNode json, String words) {
        shell.out().println(json == null ? words : Json.write(json));
    }

    /** From a decision to its effect. */
    @Command(
            name = "decisions",
            description =
                    "Measure the time from a reviewer's decision, told by webhook, to the effect that waited for it.")
    static final class Decisions implements Callable<Integer> {
        private final Shell shell;

        @Option(names = "--count", paramLabel = "N", description = "default ${DEFAULT-VALUE}, one a second")
        int count = 60;

        @Option(names = "--json", description = "print JSON")
        boolean json;

        Decisions(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() throws IOException, InterruptedException {
            DecisionBench.Times times = BenchHost.decisions(shell.config(), Math.max(1, count));
            ObjectNode figures = Json.object()
                    .put("decisions", times.millis().size())
                    .put("lost", times.lost())
                    .put("p50_ms", times.percentile(50))
                    .put("p95_ms", times.percentile(95))
                    .put("max_ms", times.percentile(100));
            tell(
                    shell,
                    json ? figures : null,
                    String.format(
                            Locale.ROOT,
                            "%d decisions by webhook to their effect: p50 %.1f ms, p95 %.1f ms, at most %.1f ms; %d lost",
                            times.millis().size(),
                            times.percentile(50),
                            times.percentile(95),
                            times.percentile(100),
                            times.lost()));
            return times.lost() == 0 ? 0 : 1;
        }
    }
}
