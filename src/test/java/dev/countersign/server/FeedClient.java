package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A plain WebSocket client. */
final class FeedClient implements WebSocket.Listener, AutoCloseable {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;

    private volatile boolean deaf;

    private FeedClient(ServerFixture server, String path, @Nullable String token, @Nullable String origin) {
        WebSocket.Builder builder = server.http.newWebSocketBuilder();
        if (token != null) {
            builder.header("Authorization", "Bearer " + token);
        }
        if (origin != null) {
            builder.header("Origin", origin);
        }
        socket = builder.buildAsync(URI.create(server.url(path).toString().replace("http:", "ws:")), this)
                .join();
    }

    static FeedClient open(ServerFixture server, String user, String path) {
        return new FeedClient(server, path, server.token(user), null);
    }

    /** With this token, or none. */
    static FeedClient with(ServerFixture server, @Nullable String token, String path) {
        return new FeedClient(server, path, token, null);
    }

    /** Takes the first message and reads nothing after it. */
    static FeedClient deaf(ServerFixture server, String user, String path) {
        FeedClient client = open(server, user, path);
        client.deaf = true;
        return client;
    }

    /** The HTTP status a refused upgrade was answered with. */
    static int refused(ServerFixture server, String path, @Nullable String token, @Nullable String origin) {
        try (FeedClient client = new FeedClient(server, path, token, origin)) {
            throw new AssertionError("expected the upgrade to be refused, got " + client.socket);
        } catch (CompletionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException handshake) {
                return handshake.getResponse().statusCode();
            }
            throw e;
        }
    }

    FeedClient say(String message) {
        return raw(Json.write(Json.object().put("message", message).set("history", Json.array())));
    }

    FeedClient raw(String text) {
        socket.sendText(text, true).join();
        return this;
    }

    /** The next message, whatever it is; a closed socket gives {@code {"type":"closed","content":CODE}}. */
    JsonNode next() {
        try {
            String text = received.poll(10, TimeUnit.SECONDS);
            if (text == null) {
                throw new AssertionError("expected a message within 10 s, got none");
            }
            return Json.read(text);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Everything up to and including the next history_update. */
    List<JsonNode> turn() {
        List<JsonNode> messages = new ArrayList<>();
        do {
            messages.add(next());
        } while (!isLast(messages.get(messages.size() - 1)));
        return messages;
    }

    private static boolean isLast(JsonNode message) {
        String type = message.path("type").asText();
        return type.equals("history_update") || type.equals("closed");
    }

    static List<String> types(List<JsonNode> messages) {
        return messages.stream().map(message -> message.path("type").asText()).toList();
    }

    boolean nothingWaits() {
        return received.isEmpty();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            received.add(partial.toString());
            partial.setLength(0);
        }
        if (!deaf) {
            webSocket.request(1);
        }
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        received.add(Json.write(Json.object().put("type", "closed").put("content", statusCode)));
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        received.add(Json.write(Json.object().put("type", "closed").put("content", 1006)));
    }

    @Override
    public void close() {
        socket.abort();
    }
}
