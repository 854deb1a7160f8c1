package dev.countersign.cli;

import dev.countersign.app.BenchHost;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How large the store's file becomes under load. */
@Command(
        name = "growth",
        description = "Run turns at full speed and measure the store's file: as it grows, and what of it is live.")
final class BenchGrowthCommand implements Callable<Integer> {
    private final Shell shell;

    @Option(names = "--minutes", paramLabel = "N", description = "default ${DEFAULT-VALUE}")
    int minutes = 10;

    @Option(names = "--threads", paramLabel = "M", description = "conversations, default ${DEFAULT-VALUE}")
    int threads = 12;

    BenchGrowthCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        BenchHost.Growth growth = BenchHost.growth(
                shell.config(),
                Math.max(1, threads),
                Duration.ofMinutes(Math.max(1, minutes)),
                sample -> shell.out()
                        .println(sample.seconds() + " s: " + sample.turns() + " turns, " + mebibytes(sample.bytes())));
        shell.out()
                .println(String.format(
                        Locale.ROOT,
                        "at the end %s, of which %s are live: %.1f times",
                        mebibytes(growth.bytes()),
                        mebibytes(growth.liveBytes()),
                        (double) growth.bytes() / growth.liveBytes()));
        return 0;
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / 1024.0 / 1024.0);
    }
}
