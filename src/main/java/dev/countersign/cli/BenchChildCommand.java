package dev.countersign.cli;

import dev.countersign.app.ParkedHost;
import dev.countersign.app.WorkHost;
import dev.countersign.lab.work.Child;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A process that a benchmark starts and, as a rule, kills. */
@Command(name = "child", hidden = true, description = "Do one errand of the workloads W3 and W6, or of parked.")
final class BenchChildCommand implements Callable<Integer> {
    private final Shell shell;

    /** What it does. */
    enum Errand {
        PARK,
        RESUME,
        CRASH,
        PARKED
    }

    @Parameters(paramLabel = "ERRAND")
    private Errand errand = Errand.PARK;

    @Option(names = "--mode", required = true)
    private WorkHost.Mode mode = WorkHost.Mode.FSYNC;

    @Option(names = "--store", required = true)
    private Path store = Path.of("");

    @Option(names = "--permit")
    private String permit = "";

    @Option(names = "--number")
    private int number;

    @Option(names = "--thread")
    private String thread = "";

    @Option(names = "--request")
    private String request = "";

    @Option(names = "--threads")
    private int threads = 1;

    @Option(names = "--decisions")
    private int decisions = 1;

    @Option(names = "--warm-up")
    private int warmUp;

    BenchChildCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
        WorkHost.Errand place = new WorkHost.Errand(store, permit, mode, number);
        switch (errand) {
            case PARK -> child(place).park();
            case RESUME -> child(place).resume(thread, request, WorkHost.REVIEWER, warmUp);
            case CRASH -> child(place).crash();
            case PARKED ->
                ParkedHost.child(shell.config(), new ParkedHost.Errand(place, threads, decisions), this::say);
        }
        return 0;
    }

    private Child child(WorkHost.Errand place) {
        return WorkHost.child(shell.config(), place, this::say);
    }

    private void say(String line) {
        shell.out().println(line);
        shell.out().flush();
    }
}
