package dev.countersign.cli;

import dev.countersign.app.RunningServer;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the server until it is told to stop. */
@Command(name = "serve", description = "Run the server: agents, API and live feed, on the loopback address.")
final class ServeCommand implements Callable<Integer> {
    private final Shell shell;

    @Option(names = "--port", paramLabel = "N", description = "default 8000; 0 takes a free one")
    @Nullable
    Integer port;

    @Option(names = "--demo", description = "let the demo family log in, with well-known passwords")
    boolean demo;

    ServeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
        int chosen = port == null ? shell.config().server().port() : port;
        RunningServer server = RunningServer.start(shell.config(), new RunningServer.Options(chosen, demo));
        Stop.whenTold(server::close);
        shell.out().println("countersign serves at " + server.url());
        shell.out().println("  it runs on " + server.about());
        shell.out().println("  " + server.decisions());
        shell.out().println("  durability: " + server.durability());
        if (demo) {
            shell.out().println("  joe, jane, henry and rose may log in, each with NAME_password");
        }
        Stop.await();
        return 0;
    }
}
