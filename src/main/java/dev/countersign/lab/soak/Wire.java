package dev.countersign.lab.soak;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** The way to the server that happens to run now. Nothing is repeated: no answer is no answer. Safe for use by many threads. */
final class Wire {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(20);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    private final Supplier<Optional<URI>> where;

    Wire(Supplier<Optional<URI>> where) {
        this.where = where;
    }

    /** Nobody is there, or nobody is there any more; whether a request arrived is not known. */
    static final class NoAnswer extends Exception {
        private static final long serialVersionUID = 1L;

        NoAnswer(String why) {
            super(why);
        }
    }

    /** What a server answered. */
    record Answer(int status, JsonNode body) {
        boolean good() {
            return status / 100 == 2;
        }
    }

    String login(String user, String password) throws NoAnswer {
        String form = "grant_type=password&username=" + encoded(user) + "&password=" + encoded(password);
        Answer answer = send(request("/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
        return answer.body().path("access_token").asText();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    Answer get(String token, String path) throws NoAnswer {
        return send(request(path).header("Authorization", "Bearer " + token).GET());
    }

    Answer post(String token, String path, Object body) throws NoAnswer {
        return send(request(path)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(Json.write(body))));
    }

    /** Submits a job under a key of the client's. */
    Answer submit(String token, Object body, String key) throws NoAnswer {
        return send(request("/api/jobs")
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString(Json.write(body))));
    }

    private HttpRequest.Builder request(String path) throws NoAnswer {
        URI base = where.get().orElseThrow(() -> new NoAnswer("no server runs"));
        return HttpRequest.newBuilder(base.resolve(path)).timeout(ANSWER);
    }

    private Answer send(HttpRequest.Builder request) throws NoAnswer {
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), body(response));
        } catch (IOException | CountersignException e) {
            throw new NoAnswer(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoAnswer("interrupted");
        }
    }

    /** What is not JSON says nothing to us but its status. */
    private static JsonNode body(HttpResponse<String> response) {
        String type = response.headers().firstValue("Content-Type").orElse("");
        return type.contains("json") ? Json.read(response.body()) : Json.object();
    }
}
