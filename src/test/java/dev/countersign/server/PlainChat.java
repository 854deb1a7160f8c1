package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client written from the guide's protocol alone, with the JDK's WebSocket and none of our classes: a login form at {@code
 * /token}, the token at the upgrade of {@code /ws/chat}, each message sent with the whole history that was told last, and a turn
 * over when {@code history_update} comes.
 */
public final class PlainChat implements WebSocket.Listener, AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;
    private JsonNode history = JSON.createArrayNode();

    private PlainChat(URI server, @Nullable String token) {
        WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
        if (token != null) {
            builder.header("Authorization", "Bearer " + token);
        }
        socket = builder.buildAsync(URI.create("ws://" + server.getAuthority() + "/ws/chat"), this)
                .join();
    }

    public static PlainChat login(URI server, String user, String password) {
        return new PlainChat(server, tokenOf(server, user, password));
    }

    /** With a token of one's own, or with none. */
    public static PlainChat with(URI server, @Nullable String token) {
        return new PlainChat(server, token);
    }

    private static String tokenOf(URI server, String user, String password) {
        String form = "username=" + encoded(user) + "&password=" + encoded(password);
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        try {
            HttpResponse<String> answer =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            return JSON.readTree(answer.body()).path("access_token").asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** Sends as Python's json does: every letter beyond ASCII escaped, a space after each comma and colon. */
    public PlainChat say(String message) {
        ObjectNode payload = JSON.createObjectNode().put("message", message);
        payload.set("history", history);
        socket.sendText(asPython(payload.toString()), true).join();
        return this;
    }

    private static String asPython(String json) {
        StringBuilder escaped = new StringBuilder();
        boolean inText = false;
        char before = ' ';
        for (int i = 0; i < json.length(); i++) {
            char letter = json.charAt(i);
            inText ^= letter == '"' && before != '\\';
            before = before == '\\' ? ' ' : letter;
            escaped.append(letter > '~' ? String.format("\\u%04x", (int) letter) : String.valueOf(letter));
            if (!inText && (letter == ',' || letter == ':')) {
                escaped.append(' ');
            }
        }
        return escaped.toString();
    }

    public JsonNode next() {
        try {
            String text = received.poll(60, TimeUnit.SECONDS);
            if (text == null) {
                throw new AssertionError("expected a message within 60 s, got none");
            }
            JsonNode message = JSON.readTree(text);
            if (message.path("type").asText().equals("history_update")) {
                history = (ArrayNode) message.path("content");
            }
            return message;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything up to and including the next history_update, or the end. */
    public List<JsonNode> turn() {
        List<JsonNode> messages = new ArrayList<>();
        String type;
        do {
            JsonNode message = next();
            messages.add(message);
            type = message.path("type").asText();
        } while (!type.equals("history_update") && !type.equals("closed"));
        return messages;
    }

    public static List<String> types(List<JsonNode> messages) {
        return messages.stream().map(message -> message.path("type").asText()).toList();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            received.add(partial.toString());
            partial.setLength(0);
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        received.add(JSON.createObjectNode()
                .put("type", "closed")
                .put("code", statusCode)
                .put("reason", reason)
                .toString());
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        received.add("{\"type\":\"closed\",\"code\":1006}");
    }

    @Override
    public void close() {
        socket.abort();
    }
}
