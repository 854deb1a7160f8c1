package dev.countersign.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers what waits in the outbox, each row at least once, on one thread of its own; what a crash left behind is picked
 * up at the next start. A failed delivery is repeated with growing pauses, and given up after a fixed number of attempts.
 */
final class WebhookSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final int USUAL_ATTEMPTS = 5;
    private static final Duration USUAL_PAUSE = Duration.ofSeconds(1);
    private static final String WAITING = "SELECT seq FROM outbox WHERE state = 'waiting' ORDER BY seq LIMIT 1000";
    private static final String READ = "SELECT element_id, body, attempts FROM outbox WHERE seq = :seq";
    private static final String ELEMENT = "SELECT body FROM entity WHERE kind = 'ELEMENT' AND id = :id";
    private static final String WRITE =
            "UPDATE outbox SET attempts = :attempts, state = :state, outcome = :outcome WHERE seq = :seq";

    private final Database database;
    private volatile EmulatorConfig.@Nullable Webhook fallback;
    private final HttpClient client;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread worker = new Thread(work, "permit-emulator-webhooks");
        worker.setDaemon(true);
        return worker;
    });
    /** Rows that a task of the thread will see to; touched by that thread only. */
    private final Set<Long> scheduled = new HashSet<>();

    WebhookSender(Database database, HttpClient client, EmulatorConfig.@Nullable Webhook fallback) {
        this.database = database;
        this.client = client;
        this.fallback = fallback;
    }

    /** What it sends with. */
    static HttpClient client() {
        return HttpClient.newBuilder()
                .connectTimeout(DEADLINE)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    private record Target(URI url, String secret) {}

    private record Letter(String elementId, String body, int attempts) {}

    /** Where decisions go from now on when their element names no webhook of its own. */
    void sendTo(EmulatorConfig.Webhook webhook) {
        fallback = webhook;
    }

    /** Looks into the outbox soon. */
    void poke() {
        schedule(this::pickUp, 0);
    }

    private void schedule(Runnable task, long delayMillis) {
        try {
            var unused = thread.schedule(() -> guarded(task), delayMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("stopping: the outbox waits for the next start");
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.warn("the webhook outbox could not be worked on: {}", e.toString());
        }
    }

    private void pickUp() {
        List<Long> waiting = database.inTransaction(
                handle -> handle.createQuery(WAITING).mapTo(Long.class).list());
        for (long seq : waiting) {
            if (scheduled.add(seq)) {
                schedule(() -> deliver(seq), 0);
            }
        }
    }

    private void deliver(long seq) {
        scheduled.remove(seq);
        Optional<Letter> letter = read(seq);
        if (letter.isEmpty()) {
            return;
        }
        Optional<Target> target = target(letter.get().elementId());
        if (target.isEmpty()) {
            write(seq, letter.get().attempts(), "skipped", "nobody wants to hear of it");
            return;
        }
        EmulatorConfig.Webhook usual = fallback;
        int attempts = letter.get().attempts() + 1;
        String outcome = send(target.get(), letter.get().body());
        if (outcome.isEmpty()) {
            write(seq, attempts, "delivered", "");
        } else if (attempts >= (usual == null ? USUAL_ATTEMPTS : usual.attempts())) {
            write(seq, attempts, "given up", outcome);
        } else {
            write(seq, attempts, "waiting", outcome);
            Duration first = usual == null ? USUAL_PAUSE : usual.firstPause();
            scheduled.add(seq);
            schedule(() -> deliver(seq), first.toMillis() << (attempts - 1));
        }
    }

    private Optional<Letter> read(long seq) {
        return database.inTransaction(handle -> handle.createQuery(READ)
                .bind("seq", seq)
                .map((row, context) ->
                        new Letter(row.getString("element_id"), row.getString("body"), row.getInt("attempts")))
                .findOne());
    }

    private void write(long seq, int attempts, String state, String outcome) {
        database.inTransaction(handle -> handle.createUpdate(WRITE)
                .bind("seq", seq)
                .bind("attempts", attempts)
                .bind("state", state)
                .bind("outcome", outcome.length() > 200 ? outcome.substring(0, 200) : outcome)
                .execute());
    }

    /** The element's own webhook wins over the configured one. */
    private Optional<Target> target(String elementId) {
        JsonNode element = database.inTransaction(handle -> handle.createQuery(ELEMENT)
                .bind("id", elementId)
                .mapTo(String.class)
                .findOne()
                .<JsonNode>map(Json::read)
                .orElseGet(Json::object));
        JsonNode webhook = element.path("webhook");
        JsonNode settings = element.path("settings");
        if (!webhook.path("url").asText("").isEmpty()) {
            return parse(
                    webhook.path("url").asText(), webhook.path("bearer_token").asText(""));
        }
        if (!settings.path("webhookUrl").asText("").isEmpty()) {
            return parse(
                    settings.path("webhookUrl").asText(),
                    settings.path("webhookSecret").asText(""));
        }
        return Optional.ofNullable(fallback).map(it -> new Target(it.url(), it.secret()));
    }

    private static Optional<Target> parse(String url, String secret) {
        try {
            URI address = URI.create(url);
            boolean web = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
            return web && address.getHost() != null ? Optional.of(new Target(address, secret)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Empty when it was taken, else why not. */
    private String send(Target target, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(target.url())
                .timeout(DEADLINE)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (!target.secret().isEmpty()) {
            request.header("Authorization", "Bearer " + target.secret());
        }
        try {
            int status = client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            return status / 100 == 2 ? "" : "answered " + status;
        } catch (IOException e) {
            return e.getClass().getSimpleName();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(DEADLINE.toSeconds() + 1, TimeUnit.SECONDS)) {
                LOG.warn("the webhook thread did not stop in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
