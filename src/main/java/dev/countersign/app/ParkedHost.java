package dev.countersign.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Watcher;
import dev.countersign.config.Config;
import dev.countersign.config.Secret;
import dev.countersign.core.Json;
import dev.countersign.db.Database;
import dev.countersign.lab.ParkedBench;
import dev.countersign.lab.work.Ground;
import dev.countersign.permit.Permit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Fills a store with parked threads, starts this program anew over it, and puts together what both measured. */
public final class ParkedHost {
    private static final String SERVES = "SERVES";
    private static final Secret WEBHOOKS = new Secret("webhooks of the bench");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private ParkedHost() {}

    /** Fills, starts anew and measures, in a store of its own. */
    public static ObjectNode run(Config config, WorkHost.Mode mode, int threads, int decisions)
            throws IOException, InterruptedException {
        return WorkHost.in(config, mode, WorkHost.quiet(), (folder, ground) -> {
            ObjectNode figures = Json.object().put("mode", ground.mode());
            long closing;
            try (Database database = ground.store().open()) {
                figures.setAll(ParkedBench.fill(database, ground.clock(), ground.ids(), threads));
                closing = System.nanoTime();
            }
            figures.put("close_s", seconds(closing));
            figures.put("disk_bytes_per_thread", ground.store().bytes() / threads);
            Process child = WorkHost.child(mode, folder, "", words(threads, decisions));
            return figures.setAll(heard(child, System.nanoTime()));
        });
    }

    private static List<String> words(int threads, int decisions) {
        return List.of("parked", "--threads", String.valueOf(threads), "--decisions", String.valueOf(decisions));
    }

    private static ObjectNode heard(Process child, long started) throws IOException, InterruptedException {
        try (BufferedReader said = child.inputReader()) {
            String first = said.readLine();
            double serving = seconds(started);
            String line = said.readLine();
            if (!SERVES.equals(first) || line == null) {
                throw new IllegalStateException("the process over the filled store ended with " + child.waitFor()
                        + "; it says why on standard error");
            }
            long told = System.nanoTime();
            child.waitFor();
            ObjectNode figures = Json.object().put("start_to_serving_s", serving);
            figures.setAll((ObjectNode) Json.read(line));
            return figures.put("stop_s", seconds(told));
        }
    }

    private static double seconds(long since) {
        return Math.round((System.nanoTime() - since) / 1e8) / 10.0;
    }

    /**
     * What a parked errand has to do.
     *
     * @param errand which store, and where
     */
    public record Errand(WorkHost.Errand errand, int threads, int decisions) {}

    /** Serves over a filled store, says so, measures, and says what. */
    public static void child(Config config, Errand errand, Consumer<String> said) throws InterruptedException {
        Permit permit = WorkHost.quiet();
        Ground ground = WorkHost.ground(config, errand.errand.mode(), errand.errand.folder(), () -> permit);
        Watcher.Pace asking =
                new Watcher.Pace(config.server().pollInterval(), config.permit().callsPerMinute());
        try (Closers closers = new Closers()) {
            Database database = closers.add(ground.store().open());
            ParkedBench bench =
                    closers.add(ParkedBench.start(database, ground.clock(), ground.ids(), errand.threads, asking));
            URI webhooks = closers.add(
                            BenchHost.serve(errand.errand.folder(), bench.runtime(), bench.ports(), WEBHOOKS))
                    .webhooks();
            if (bench.serves()) {
                said.accept(SERVES);
            }
            HttpClient http = HttpClient.newHttpClient();
            ObjectNode figures =
                    bench.run(errand.decisions, requester -> tell(http, webhooks, requester), SystemSources::pause);
            said.accept(Json.write(figures));
        }
    }

    /** Sends what Permit sends when a request of that user was decided, as far as it is read. */
    private static void tell(HttpClient http, URI webhooks, String requester) {
        String body =
                Json.write(Json.object().put("requesting_user_id", requester).put("status", "approved"));
        HttpRequest request = HttpRequest.newBuilder(webhooks)
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + WEBHOOKS.value())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 202) {
                throw new IllegalStateException("expected a webhook to be accepted, got " + answer.statusCode());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
