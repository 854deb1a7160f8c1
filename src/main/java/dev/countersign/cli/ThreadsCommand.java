package dev.countersign.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the login's conversations and jobs. */
@Command(name = "threads", description = "List your conversations and jobs, newest first.")
final class ThreadsCommand implements Callable<Integer> {
    private final Shell shell;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Mixin
    Listing listing = new Listing();

    @Option(names = "--limit", paramLabel = "N", description = "how many at most; default ${DEFAULT-VALUE}")
    int limit = 50;

    ThreadsCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        try (Door door = server.door(shell)) {
            listing.print(
                    shell,
                    server.api(shell, door).get("/api/threads?limit=" + limit).path("threads"),
                    "no conversations yet",
                    "id",
                    "kind",
                    "agent",
                    "status",
                    "title",
                    "waiting_for",
                    "updated_at");
        }
        return 0;
    }
}
