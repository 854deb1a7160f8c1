package dev.countersign.cli;

import dev.countersign.app.LoadHost;
import dev.countersign.lab.soak.LoadReport;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a server does under many clients. */
@Command(
        name = "load",
        description =
                "Connect WebSocket clients to a server, send messages at a steady rate, each followed by a read over REST,"
                        + " and account for every one.")
final class BenchLoadCommand implements Callable<Integer> {
    private static final int CLIENTS_MAX = 5_000;
    private static final int RATE_MAX = 1_000;
    private static final int SECONDS_MAX = 3_600;

    private final Shell shell;

    @Option(names = "--clients", paramLabel = "N", description = "default ${DEFAULT-VALUE}")
    int clients = 500;

    @Option(names = "--rate", paramLabel = "M", description = "messages a second; default ${DEFAULT-VALUE}")
    int rate = 20;

    @Option(names = "--seconds", paramLabel = "S", description = "default ${DEFAULT-VALUE}")
    int seconds = 300;

    BenchLoadCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws IOException {
        if (clients < 1
                || clients > CLIENTS_MAX
                || rate < 1
                || rate > RATE_MAX
                || seconds < 1
                || seconds > SECONDS_MAX) {
            throw CliErrors.usage("expected --clients from 1 to " + CLIENTS_MAX + ", --rate from 1 to " + RATE_MAX
                    + " and --seconds from 1 to " + SECONDS_MAX);
        }
        LoadReport report = LoadHost.run(
                new LoadHost.Options(clients, rate, Duration.ofSeconds(seconds)),
                line -> shell.err().println(line));
        report.complaints().forEach(line -> shell.out().println(line));
        report.lines().forEach(line -> shell.out().println(line));
        return report.clean() ? 0 : 1;
    }
}
