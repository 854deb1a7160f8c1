package dev.countersign.cli;

import dev.countersign.app.WorkHost;
import dev.countersign.lab.work.Child;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A process that a benchmark starts and, as a rule, kills. */
@Command(name = "child", hidden = true, description = "Do one errand of the workloads W3 and W6.")
final class BenchChildCommand implements Callable<Integer> {
    private final Shell shell;

    /** What it does. */
    enum Errand {
        PARK,
        RESUME,
        CRASH
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

    BenchChildCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
        Child child = WorkHost.child(shell.config(), new WorkHost.Errand(store, permit, mode, number), line -> {
            shell.out().println(line);
            shell.out().flush();
        });
        switch (errand) {
            case PARK -> child.park();
            case RESUME -> child.resume(thread, request);
            case CRASH -> child.crash();
        }
        return 0;
    }
}
