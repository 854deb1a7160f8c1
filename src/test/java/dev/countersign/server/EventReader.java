package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A plain client of server-sent events. */
final class EventReader implements AutoCloseable {
    /** An event; a comment is one named "comment", the end of the stream one named "end". */
    record Event(String id, String name, JsonNode data) {}

    private final BlockingQueue<Event> received = new LinkedBlockingQueue<>();
    private final InputStream in;

    private EventReader(InputStream in) {
        this.in = in;
        Thread reader = new Thread(this::read, "event-reader");
        reader.setDaemon(true);
        reader.start();
    }

    static EventReader open(ServerFixture server, String user, String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.url(path)).header("Authorization", "Bearer " + server.token(user));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<InputStream> response = server.http.send(request.build(), BodyHandlers.ofInputStream());
            String type = response.headers().firstValue("Content-Type").orElse("");
            if (response.statusCode() != 200 || !type.startsWith("text/event-stream")) {
                throw new AssertionError(response.statusCode() + " as " + type);
            }
            return new EventReader(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            String id = "";
            String name = "";
            String data = "{}";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(":")) {
                    name = "comment";
                } else if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data = line.substring(6);
                } else if (!name.isEmpty()) {
                    received.add(new Event(id, name, Json.read(data)));
                    id = "";
                    name = "";
                    data = "{}";
                }
            }
        } catch (IOException e) {
            received.add(new Event("", "end", Json.object().put("why", String.valueOf(e.getMessage()))));
            return;
        }
        received.add(new Event("", "end", Json.object()));
    }

    /** The next event of this name; others before it are passed over. */
    Event next(String name) {
        try {
            for (Event event = received.poll(20, TimeUnit.SECONDS);
                    event != null;
                    event = received.poll(20, TimeUnit.SECONDS)) {
                if (event.name().equals(name)) {
                    return event;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new AssertionError("expected an event " + name + ", and none came");
    }

    /** Whether an event of this name has come already. */
    boolean has(String name) {
        return received.stream().anyMatch(event -> event.name().equals(name));
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
