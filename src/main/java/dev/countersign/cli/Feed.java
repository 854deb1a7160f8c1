package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The live feed of one thread, from the client's side. News arrives one at a time on the connection's own thread; the end of
 * the connection is the last news, {@code {"type":"closed"}} with code and reason.
 */
final class Feed implements WebSocket.Listener, AutoCloseable {
    private static final Duration HANDSHAKE = Duration.ofSeconds(30);
    private static final int CHARS_MAX = 16 * 1024 * 1024;

    private final Consumer<JsonNode> listener;
    private final StringBuilder partial = new StringBuilder();
    private @Nullable WebSocket socket;
    private boolean over;

    private Feed(Consumer<JsonNode> listener) {
        this.listener = listener;
    }

    /**
     * Connects.
     *
     * @param query after the question mark: {@code thread=ID} to resume, or {@code agent=NAME}; may be empty
     */
    static Feed open(Api api, String query, Consumer<JsonNode> listener) {
        String scheme = "https".equals(api.base().getScheme()) ? "wss" : "ws";
        URI url = URI.create(
                scheme + "://" + api.base().getAuthority() + "/ws/chat" + (query.isEmpty() ? "" : "?" + query));
        Feed feed = new Feed(listener);
        try {
            feed.socket = api.http()
                    .newWebSocketBuilder()
                    .connectTimeout(HANDSHAKE)
                    .header("Authorization", "Bearer " + api.token())
                    .buildAsync(url, feed)
                    .join();
            return feed;
        } catch (CompletionException e) {
            throw refusal(api, e);
        }
    }

    private static CountersignException refusal(Api api, CompletionException failure) {
        if (failure.getCause() instanceof WebSocketHandshakeException refused) {
            int status = refused.getResponse().statusCode();
            return switch (status) {
                case 401 -> CliErrors.notLoggedIn();
                case 404 -> CliErrors.failed("there is no such thread or agent");
                default -> CliErrors.failed("the server refused the live feed with status " + status);
            };
        }
        return CliErrors.unreachable("no server answers at " + api.base(), failure);
    }

    /** Sends one message; false when the connection is gone. */
    boolean say(String message) {
        WebSocket open = socket;
        if (open == null || open.isOutputClosed() || isOver()) {
            return false;
        }
        try {
            open.sendText(written(message), true).join();
            return true;
        } catch (CompletionException e) {
            return false;
        }
    }

    private static String written(String message) {
        return Json.write(Json.object().put("message", message));
    }

    /** How large the message is on its way. */
    static int bytes(String message) {
        return written(message).getBytes(StandardCharsets.UTF_8).length;
    }

    private synchronized boolean isOver() {
        return over;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        if (partial.length() + data.length() > CHARS_MAX) {
            webSocket.abort();
            end(1009, "the server sent too much");
            return null;
        }
        partial.append(data);
        if (last) {
            String text = partial.toString();
            partial.setLength(0);
            listener.accept(Json.read(text));
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        end(statusCode, reason);
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        end(1006, "the connection broke");
    }

    private void end(int code, String reason) {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
        }
        listener.accept(Json.object().put("type", "closed").put("code", code).put("content", reason));
    }

    @Override
    public void close() {
        synchronized (this) {
            over = true;
        }
        if (socket != null) {
            socket.abort();
        }
    }
}
