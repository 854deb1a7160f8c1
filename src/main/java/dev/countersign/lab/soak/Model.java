package dev.countersign.lab.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.countersign.core.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The soak's model, an OpenAI-compatible endpoint on loopback that outlives every kill: a message of the soak is answered with
 * the call it names, a result with words. Equal questions get equal answers, so a turn that is gone through again asks for the
 * same call.
 */
public final class Model implements AutoCloseable {
    private static final int SLOW_MILLIS = 600;
    private static final int KEEP_MILLIS = 240;
    private static final int QUICK_MILLIS = 8;

    private final HttpServer server;
    private final ExecutorService threads;
    private final AtomicInteger asked = new AtomicInteger();

    private Model(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /** Starts it on a free port. */
    public static Model start() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            ExecutorService threads = Executors.newCachedThreadPool(work -> {
                Thread thread = new Thread(work, "soak-model");
                thread.setDaemon(true);
                return thread;
            });
            Model model = new Model(server, threads);
            server.createContext("/v1/chat/completions", model::serve);
            server.setExecutor(threads);
            server.start();
            return model;
        } catch (IOException e) {
            throw new UncheckedIOException("the soak's model could not be started", e);
        }
    }

    /** What {@code OPENAI_BASE_URL} is set to. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
    }

    /** How often it was asked. */
    int asked() {
        return asked.get();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode request = Json.mapper().readTree(exchange.getRequestBody().readAllBytes());
            asked.incrementAndGet();
            boolean streamed = request.path("stream").asBoolean();
            ObjectNode message = answer(request.path("messages"));
            byte[] body = (streamed ? pieces(message) : completion(message)).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", streamed ? "text/event-stream" : "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static ObjectNode answer(JsonNode messages) {
        JsonNode last = messages.path(messages.size() - 1);
        ObjectNode message = Json.object().put("role", "assistant");
        Optional<Errand> errand =
                last.path("role").asText().equals("user") ? Errand.in(text(last.path("content"))) : Optional.empty();
        if (errand.isEmpty() || errand.get().kind() == Errand.Kind.TALK) {
            return message.put("content", "Noted" + lastAsked(messages) + ".");
        }
        message.putNull("content");
        ObjectNode call =
                message.putArray("tool_calls").addObject().put("id", "call-1").put("type", "function");
        call.putObject("function").put("name", tool(errand.get().kind())).put("arguments", arguments(errand.get()));
        return message;
    }

    /** The token of the errand that was asked for last, behind a space; empty when there is none. */
    private static String lastAsked(JsonNode messages) {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.path(i).path("role").asText().equals("user")) {
                return Errand.in(text(messages.path(i).path("content")))
                        .map(errand -> " " + errand.token())
                        .orElse("");
            }
        }
        return "";
    }

    private static String text(JsonNode content) {
        return content.isTextual()
                ? content.asText()
                : content.path(0).path("text").asText();
    }

    /** The tool that does an errand of that kind. */
    static String tool(Errand.Kind kind) {
        return switch (kind) {
            case ACCESS -> "create_access_request";
            case SLOW -> "mark";
            case TALK, MARK, KEEP, GATED, BRIEF -> kind.name().toLowerCase(Locale.ROOT);
        };
    }

    private static String arguments(Errand errand) {
        if (errand.kind() == Errand.Kind.ACCESS) {
            return Json.write(Json.object()
                    .put("resource_instance", errand.plot())
                    .put("role", SoakScene.VISITOR)
                    .put("reason", "The soak asks for " + errand.token()));
        }
        int millis = switch (errand.kind()) {
            case SLOW -> SLOW_MILLIS;
            case KEEP -> KEEP_MILLIS;
            case TALK, MARK, GATED, BRIEF, ACCESS -> QUICK_MILLIS;
        };
        return Json.write(Json.object()
                .put("token", errand.token())
                .put("plot", errand.plot())
                .put("millis", millis));
    }

    private static String completion(ObjectNode message) {
        ObjectNode body = envelope("chat.completion", "message", message, finish(message));
        body.putObject("usage")
                .put("prompt_tokens", 1)
                .put("completion_tokens", 1)
                .put("total_tokens", 2);
        return Json.write(body);
    }

    private static String finish(ObjectNode message) {
        return message.has("tool_calls") ? "tool_calls" : "stop";
    }

    /** The same as server-sent events: the message, its end, and the mark that nothing follows. */
    private static String pieces(ObjectNode message) {
        String finish = finish(message);
        ObjectNode delta = message.deepCopy();
        delta.path("tool_calls").forEach(call -> ((ObjectNode) call).put("index", 0));
        return piece(envelope("chat.completion.chunk", "delta", delta, null))
                + piece(envelope("chat.completion.chunk", "delta", Json.object(), finish))
                + "data: [DONE]\n\n";
    }

    private static String piece(ObjectNode chunk) {
        return "data: " + Json.write(chunk) + "\n\n";
    }

    private static ObjectNode envelope(String object, String part, ObjectNode message, @Nullable String finish) {
        ObjectNode body = Json.object()
                .put("id", "chatcmpl-soak")
                .put("object", object)
                .put("created", 1)
                .put("model", "soak");
        ObjectNode choice = body.putArray("choices").addObject().put("index", 0);
        choice.put("finish_reason", finish).set(part, message);
        return body;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
