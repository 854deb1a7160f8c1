package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.app.RehearsalHost;
import dev.countersign.core.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;

/**
 * Starts a server of the demo family that is thrown away and has one of them ask, wait and be approved, twice, over HTTP and the live
 * feed, as people do. The launcher runs it once and keeps what the JVM had read and checked of the classes by then, so that
 * later starts, and the first turn, park and resume after them, are quicker. It ends within minutes, whatever happens.
 */
@Command(
        name = "rehearse",
        hidden = true,
        description = "Let a server live through a small story, so that the launcher can keep what the JVM learned.")
final class RehearseCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Shell shell;

    RehearseCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        RehearsalHost.run(this::play);
        return 0;
    }

    private void play(URI server) throws InterruptedException {
        HttpClient http = Api.client();
        Api henry = as("henry", http, server);
        Api joe = as("joe", http, server);
        String thread = henry.post("/api/threads", Json.object().put("agent", "food-ordering"))
                .path("id")
                .asText();
        say(henry, thread, "show me the menu of Fancy French", "IDLE");
        say(henry, thread, "it is my birthday", "PARKED");
        approve(joe, henry, thread);
        say(henry, thread, "order Truffle Pasta from Fancy French", "IDLE");
        say(henry, thread, "tomorrow is my birthday dinner", "PARKED");
        approve(joe, henry, thread);
        JsonNode last = henry.get(path(thread) + "/messages?limit=100").path("messages");
        shell.out()
                .println("rehearsed; the last words were: "
                        + last.path(last.size() - 1).path("text").asText());
    }

    private static Api as(String user, HttpClient http, URI url) {
        return new Api(http, url, Api.login(http, url, user, user + "_password").access());
    }

    private static void say(Api api, String thread, String words, String rests) throws InterruptedException {
        await(
                api,
                thread,
                rests,
                () -> api.post(path(thread) + "/messages", Json.object().put("message", words)));
    }

    private static void approve(Api reviewer, Api requester, String thread) throws InterruptedException {
        JsonNode request =
                reviewer.get("/api/approvals/review").path("approvals").path(0);
        await(
                requester,
                thread,
                "IDLE",
                () -> reviewer.post(
                        "/api/approvals/" + Api.encode(request.path("id").asText()) + "/approve", Json.object()));
    }

    /** Does that, and waits until the thread has come to rest so. */
    private static void await(Api api, String thread, String status, Runnable deed) throws InterruptedException {
        CountDownLatch listening = new CountDownLatch(1);
        CountDownLatch rested = new CountDownLatch(1);
        Feed feed = Feed.open(api, "thread=" + Api.encode(thread), news -> {
            String type = news.path("type").asText();
            if (type.equals("listening")) {
                listening.countDown();
            } else if (type.equals("history_update") && stands(api, thread).equals(status)) {
                rested.countDown();
            }
        });
        try {
            if (!listening.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw CliErrors.failed("the rehearsed server opened no live feed");
            }
            deed.run();
            if (!rested.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw CliErrors.failed("expected the rehearsed conversation to be " + status + ", it is "
                        + stands(api, thread) + " after " + PATIENCE.toSeconds() + " s");
            }
        } finally {
            feed.close();
        }
    }

    private static String stands(Api api, String thread) {
        return api.get(path(thread)).path("status").asText();
    }

    private static String path(String thread) {
        return "/api/threads/" + Api.encode(thread);
    }
}
