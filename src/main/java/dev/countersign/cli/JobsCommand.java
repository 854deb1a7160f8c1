package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Jobs: a goal that is worked off with nobody typing. */
@Command(name = "jobs", description = "Submit, list, show and cancel jobs: goals that an agent works off by itself.")
final class JobsCommand implements Callable<Integer> {
    private static final Set<String> OVER = Set.of("DONE", "FAILED", "CANCELED");

    private final Shell shell;

    @Mixin
    ServerOptions server = new ServerOptions();

    @Mixin
    Listing listing = new Listing();

    JobsCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        return list();
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List your jobs, newest first.")
    int list() {
        try (Door door = server.door(shell)) {
            listing.print(
                    shell,
                    server.api(shell, door).get("/api/jobs").path("jobs"),
                    "no jobs yet",
                    "id",
                    "agent",
                    "status",
                    "tool_calls",
                    "title",
                    "waiting_for",
                    "updated_at");
        }
        return 0;
    }

    @Command(
            name = "submit",
            mixinStandardHelpOptions = true,
            description = "Submit a job; its id is printed once it is kept.")
    int submit(
            @Option(names = "--agent", paramLabel = "NAME", defaultValue = "") String agent,
            @Option(names = "--wait", description = "wait until it has ended or waits for somebody") boolean wait,
            @Parameters(paramLabel = "GOAL", description = "what is to be achieved") String goal)
            throws InterruptedException {
        try (Door door = server.door(shell)) {
            Api api = server.api(shell, door);
            JsonNode job =
                    api.post("/api/jobs", Json.object().put("agent", agent).put("goal", goal));
            if (wait || door.isOwn()) {
                // A server of our own ends with us: stay until the job rests.
                awaitRest(api, job.path("id").asText());
                job = api.get("/api/jobs/" + Api.encode(job.path("id").asText()));
            }
            if (listing.json) {
                listing.printOne(shell, job);
            } else {
                shell.out().println(job.path("id").asText());
            }
        }
        return 0;
    }

    private static void awaitRest(Api api, String id) throws InterruptedException {
        CountDownLatch rested = new CountDownLatch(1);
        Feed feed = Feed.open(api, "thread=" + Api.encode(id), news -> {
            String type = news.path("type").asText();
            boolean ended = type.equals("history_update") || type.equals("closed");
            if (ended || (type.equals("listening") && rests(api, id))) {
                rested.countDown();
            }
        });
        try {
            rested.await();
        } finally {
            feed.close();
        }
    }

    private static boolean rests(Api api, String id) {
        return !api.get("/api/jobs/" + Api.encode(id)).path("status").asText().equals("RUNNING");
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Show a job: where it stands and what came of it.")
    int show(
            @Parameters(paramLabel = "ID", description = "the job's id, or its first 8 characters or more") String id) {
        try (Door door = server.door(shell)) {
            Api api = server.api(shell, door);
            listing.printOne(shell, api.get("/api/jobs/" + Api.encode(ShortId.ofThread(id, api))));
        }
        return 0;
    }

    @Command(
            name = "cancel",
            mixinStandardHelpOptions = true,
            description = "Cancel a job; what it waits for is withdrawn.")
    int cancel(
            @Parameters(paramLabel = "ID", description = "the job's id, or its first 8 characters or more") String id) {
        try (Door door = server.door(shell)) {
            Api api = server.api(shell, door);
            String path = "/api/jobs/" + Api.encode(ShortId.ofThread(id, api));
            boolean over = isOver(api.get(path));
            JsonNode job = api.post(path + "/cancel", Json.object());
            if (listing.json) {
                listing.printOne(shell, job);
            } else {
                String status = job.path("status").asText().toLowerCase(Locale.ROOT);
                String words = over ? "there was nothing to cancel, it is " + status + ": " : "cancelling ";
                shell.out().println(words + job.path("id").asText());
            }
        }
        return 0;
    }

    private static boolean isOver(JsonNode job) {
        return OVER.contains(job.path("status").asText());
    }
}
