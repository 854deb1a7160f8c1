package dev.countersign.cli;

import dev.countersign.app.SoakHost;
import dev.countersign.lab.soak.SoakReport;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Kills a server again and again while people work with it, and accounts for everything afterwards. */
@Command(
        name = "soak",
        description = "Kill a server again and again under mixed work, then account for everything from outside.")
final class SoakCommand implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final int MOST = 10_000;

    private final Shell shell;

    @Option(
            names = "--kills",
            paramLabel = "N",
            description = "how often the server is killed; default ${DEFAULT-VALUE}")
    int kills = 20;

    @Option(
            names = "--threads",
            paramLabel = "M",
            description = "how many conversations go on at the same time; default ${DEFAULT-VALUE}")
    int threads = 10;

    @Option(names = "--seed", paramLabel = "S", description = "of chance; by default a new one, which is printed")
    @Nullable
    Long seed;

    @Option(names = "--keep", description = "keep the folder also when nothing is wrong")
    boolean keep;

    SoakCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (kills < 0 || kills > MOST || threads < 1 || threads > MOST) {
            throw CliErrors.usage("expected --kills from 0 and --threads from 1, each up to " + MOST);
        }
        long chosen = seed == null ? System.nanoTime() : seed;
        SoakHost host = SoakHost.create();
        Stop.whenTold(host::close);
        shell.out().println("seed " + chosen + ", folder " + host.folder());
        boolean clean = false;
        try {
            SoakReport report = host.run(
                    new SoakHost.Options(kills, threads, chosen),
                    line -> shell.err().println(line));
            tell(report);
            clean = report.clean();
            shell.out().println(report.lastLine());
        } finally {
            host.close();
            if (clean && !keep) {
                host.forget();
            } else {
                shell.err().println("the soak's folder is kept: " + host.folder() + ", seed " + chosen);
            }
        }
        return clean ? 0 : FAILED;
    }

    private void tell(SoakReport report) {
        report.table().forEach(line -> shell.out().println(line));
        report.complaints().forEach(line -> shell.out().println(line));
    }
}
