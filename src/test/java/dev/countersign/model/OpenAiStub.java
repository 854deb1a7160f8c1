package dev.countersign.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.countersign.core.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * An OpenAI-compatible endpoint on loopback, scripted by a function from the request's JSON to an answer. Keeps every request
 * it saw. The script runs on the server's threads and may block.
 */
public final class OpenAiStub implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();

    private volatile @Nullable StreamScript streamScript;

    private OpenAiStub(HttpServer server) {
        this.server = server;
    }

    /** What the script makes of a request. */
    @FunctionalInterface
    public interface Script {
        Answer answer(JsonNode request);
    }

    /** How an answer is given piece by piece to a request that asks for a stream; may block between pieces. */
    @FunctionalInterface
    public interface StreamScript {
        void answer(JsonNode request, Pieces pieces) throws IOException, InterruptedException;
    }

    /** The events of one streamed answer, each sent at once. */
    public static final class Pieces {
        private final OutputStream out;

        private Pieces(OutputStream out) {
            this.out = out;
        }

        /** Some words. */
        public void say(String words) throws IOException {
            send(Json.object().put("role", "assistant").put("content", words), null);
        }

        /** A whole tool call. */
        public void call(String tool, String arguments) throws IOException {
            ObjectNode delta = Json.object().put("role", "assistant");
            ObjectNode call = delta.putArray("tool_calls").addObject();
            call.put("index", 0).put("id", "s1").put("type", "function");
            call.putObject("function").put("name", tool).put("arguments", arguments);
            send(delta, null);
        }

        /** The end, with its reason. */
        public void finish(String reason) throws IOException {
            send(Json.object(), reason);
            write("[DONE]");
        }

        private void send(ObjectNode delta, @Nullable String finish) throws IOException {
            ObjectNode chunk = Json.object()
                    .put("id", "chatcmpl-1")
                    .put("object", "chat.completion.chunk")
                    .put("created", 1)
                    .put("model", "stub");
            ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
            choice.set("delta", delta);
            choice.put("finish_reason", finish);
            write(Json.write(chunk));
        }

        private void write(String data) throws IOException {
            out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }

    /** From now on answers requests for a stream so; without it, the script's whole answer goes out as one piece. */
    public void streaming(StreamScript script) {
        streamScript = script;
    }

    /** An HTTP answer: status and body. */
    public record Answer(int status, String body) {}

    public static OpenAiStub start(Script script) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            OpenAiStub stub = new OpenAiStub(server);
            server.createContext("/v1/chat/completions", exchange -> stub.serve(exchange, script));
            server.setExecutor(stub.threads);
            server.start();
            return stub;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A completion that says words. */
    public static Answer says(String text) {
        ObjectNode message = Json.object().put("role", "assistant").put("content", text);
        return completion(message, "stop");
    }

    /** A completion that calls one tool. */
    public static Answer calls(String id, String tool, String arguments) {
        ObjectNode message = Json.object().put("role", "assistant").putNull("content");
        ObjectNode call =
                message.putArray("tool_calls").addObject().put("id", id).put("type", "function");
        call.putObject("function").put("name", tool).put("arguments", arguments);
        return completion(message, "tool_calls");
    }

    private static Answer completion(ObjectNode message, String finish) {
        ObjectNode body = Json.object()
                .put("id", "chatcmpl-1")
                .put("object", "chat.completion")
                .put("created", 1)
                .put("model", "stub");
        ArrayNode choices = body.putArray("choices");
        choices.addObject().put("index", 0).put("finish_reason", finish).set("message", message);
        body.putObject("usage")
                .put("prompt_tokens", 1)
                .put("completion_tokens", 1)
                .put("total_tokens", 2);
        return new Answer(200, Json.write(body));
    }

    private void serve(HttpExchange exchange, Script script) throws IOException {
        try (exchange) {
            JsonNode request = Json.mapper().readTree(exchange.getRequestBody().readAllBytes());
            requests.add(request);
            authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            StreamScript pieces = streamScript;
            if (request.path("stream").asBoolean() && pieces != null) {
                stream(exchange, request, pieces);
                return;
            }
            Answer answer = script.answer(request);
            if (request.path("stream").asBoolean()
                    && answer.status() == 200
                    && answer.body().startsWith("{")) {
                stream(exchange, request, (asked, out) -> inOnePiece(Json.read(answer.body()), out));
                return;
            }
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static void stream(HttpExchange exchange, JsonNode request, StreamScript script) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        try {
            script.answer(request, new Pieces(exchange.getResponseBody()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void inOnePiece(JsonNode completion, Pieces out) throws IOException {
        JsonNode choice = completion.at("/choices/0");
        String text = choice.at("/message/content").asText("");
        if (!text.isEmpty() && !choice.at("/message/content").isNull()) {
            out.say(text);
        }
        for (JsonNode call : choice.at("/message/tool_calls")) {
            out.call(
                    call.at("/function/name").asText(),
                    call.at("/function/arguments").asText());
        }
        if (choice.hasNonNull("finish_reason")) {
            out.finish(choice.path("finish_reason").asText());
        }
    }

    /** The value for {@code OPENAI_BASE_URL}. */
    public URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
    }

    /** Every request body so far, oldest first. */
    public List<JsonNode> requests() {
        return List.copyOf(requests);
    }

    /** The Authorization header of every request so far. */
    public List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
