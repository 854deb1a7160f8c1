package dev.countersign.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.countersign.core.Json;
import dev.countersign.core.McpMeta;
import dev.countersign.core.Principal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client against an HTTP server that answers as each test tells it to. */
final class HttpToolClientTest {
    private static final ToolLimits LIMITS =
            new ToolLimits(Duration.ofSeconds(5), Duration.ofSeconds(1), 2_000, 64 * 1024);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch never = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger sessions = new AtomicInteger();
    private volatile Behaviour onCall = HttpToolClientTest::succeed;
    private volatile String lastAuthorization = "";
    private volatile JsonNode lastCall = Json.object();
    private HttpServer server;
    private ToolClient client;

    private interface Behaviour {
        void answer(HttpExchange exchange, JsonNode message) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/mcp", this::serve);
        server.start();
        client = connect(server.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        never.countDown();
        client.close();
        server.stop(0);
        threads.shutdownNow();
    }

    private static ToolClient connect(int port) {
        URI url = URI.create("http://127.0.0.1:" + port + "/mcp");
        ServerSpec spec = new ServerSpec(
                "remote", List.of(), Optional.of(url), Map.of(), Optional.of("t0ken"), Duration.ofSeconds(2));
        return ToolClients.connect(List.of(spec), List.of("/bin/false"), LIMITS);
    }

    private ToolOutcome call() {
        return client.call(new ToolInvocation("order", "{\"dish\":\"寿司\"}", new Principal("henry"), "key-1", null));
    }

    private void serve(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestMethod().equals("POST")) {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
            return;
        }
        JsonNode message = Json.read(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        lastAuthorization = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        switch (message.path("method").asText()) {
            case "initialize" -> {
                exchange.getResponseHeaders().add("Mcp-Session-Id", "session-" + sessions.incrementAndGet());
                json(
                        exchange,
                        200,
                        result(message, "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{\"tools\":{}}}"));
            }
            case "tools/list" ->
                json(
                        exchange,
                        200,
                        result(
                                message,
                                "{\"tools\":[{\"name\":\"order\",\"inputSchema\":{\"type\":\"object\",\"properties\":{\"dish\":{\"type\":\"string\"}}}}]}"));
            case "tools/call" -> {
                calls.incrementAndGet();
                lastCall = message;
                onCall.answer(exchange, message);
            }
            case "ping" -> json(exchange, 200, result(message, "{}"));
            default -> {
                exchange.sendResponseHeaders(202, -1);
                exchange.close();
            }
        }
    }

    private static String result(JsonNode message, String result) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + message.path("id") + ",\"result\":" + result + "}";
    }

    private static String done(JsonNode message) {
        return result(message, "{\"content\":[{\"type\":\"text\",\"text\":\"bestellt: ü\"}]}");
    }

    private static void succeed(HttpExchange exchange, JsonNode message) throws IOException {
        json(exchange, 200, done(message));
    }

    private static void json(HttpExchange exchange, int status, String text) throws IOException {
        send(exchange, status, "application/json", text);
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Test
    void call_carriesTokenAndIdentity_andComesBack() {
        assertThat(call()).isEqualTo(new ToolOutcome.Succeeded("bestellt: ü"));
        assertThat(lastAuthorization).isEqualTo("Bearer t0ken");
        assertThat(lastCall.at("/params/arguments/dish").asText()).isEqualTo("寿司");
        assertThat(lastCall.path("params").path("_meta").path(McpMeta.USER).asText())
                .isEqualTo("henry");
    }

    @Test
    void answerAsAStreamOfEvents_isRead_withWhatComesBeforeIt() {
        onCall = (exchange, message) -> send(
                exchange,
                200,
                "text/event-stream",
                ": hello\n\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progress\":1}}\n\n"
                        + "id: 1\r\ndata: " + done(message) + "\r\n\r\n");
        assertThat(call()).isEqualTo(new ToolOutcome.Succeeded("bestellt: ü"));
    }

    @Test
    void promise4_silence_isUnknownAfterTheTimeout_andSentOnce() {
        onCall = (exchange, message) -> await();
        assertThat(call()).isInstanceOf(ToolOutcome.Unknown.class);
        assertThat(calls).hasValue(1);
    }

    @Test
    void promise4_streamThatGoesQuiet_isUnknown_andHoldsNothing() {
        onCall = (exchange, message) -> {
            exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(": wait\n\n".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            await();
        };
        assertThat(call()).isInstanceOf(ToolOutcome.Unknown.class);
        assertThat(calls).hasValue(1);
    }

    private void await() {
        try {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void promise4_brokenAnswers_areUnknownAtOnce_andSentOnce() {
        List<Behaviour> broken = List.of(
                (exchange, message) -> exchange.close(),
                (exchange, message) -> json(exchange, 200, "{\"jsonrpc\":"),
                (exchange, message) -> json(exchange, 200, "{}"),
                (exchange, message) -> json(exchange, 200, result(message, "{}")),
                (exchange, message) -> json(exchange, 500, "{}"),
                (exchange, message) -> send(exchange, 200, "text/event-stream", ": nothing\n\n"),
                (exchange, message) -> send(exchange, 200, "text/html", "<html>" + "x".repeat(100_000)));
        for (Behaviour behaviour : broken) {
            calls.set(0);
            onCall = behaviour;
            long began = System.nanoTime();
            assertThat(call()).isInstanceOf(ToolOutcome.Unknown.class);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(1_800));
            assertThat(calls).hasValue(1);
        }
    }

    @Test
    void turnedAwayAtTheDoor_isNotSent_andTheTokenGoesNowhereElse() throws IOException {
        try (ServerSocket elsewhere = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            elsewhere.setSoTimeout(1);
            for (int status : new int[] {302, 307, 400, 401, 403, 429}) {
                onCall = (exchange, message) -> {
                    exchange.getResponseHeaders().add("Location", "http://127.0.0.1:" + elsewhere.getLocalPort() + "/");
                    json(exchange, status, "{}");
                };
                ToolOutcome outcome = call();
                assertThat(outcome).isInstanceOf(ToolOutcome.NotSent.class);
                assertThat(outcome.text()).contains("HTTP status " + status).doesNotContain("t0ken");
            }
            org.assertj.core.api.Assertions.assertThatThrownBy(elsewhere::accept)
                    .isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    @Test
    void sessionThatTheServerForgot_isOpenedAnew_andTheCallIsMadeOnce() {
        call();
        onCall = (exchange, message) -> {
            String session = exchange.getRequestHeaders().getFirst("Mcp-Session-Id");
            json(exchange, "session-1".equals(session) ? 404 : 200, done(message));
        };
        assertThat(call()).isInstanceOf(ToolOutcome.Succeeded.class);
        assertThat(sessions).hasValue(2);
    }

    @Test
    void serverThatIsNotThere_isNotSent() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (ToolClient nobody = connect(port)) {
            ToolOutcome outcome = nobody.call(new ToolInvocation("order", "{}", new Principal("henry"), "k", null));
            assertThat(outcome).isInstanceOf(ToolOutcome.NotSent.class);
            assertThat(outcome.text()).contains("could not be reached");
            org.assertj.core.api.Assertions.assertThatThrownBy(nobody::tools)
                    .hasMessageContaining("CS-401")
                    .hasMessageContaining("remote");
        }
    }

    @Test
    void serverThatWentAway_isNotSent_onceItIsKnownTo() {
        call();
        server.stop(0);
        ToolOutcome outcome = call();
        assertThat(calls).hasValue(1);
        assertThat(outcome).isNotInstanceOf(ToolOutcome.Succeeded.class);
        assertThat(call()).isInstanceOf(ToolOutcome.NotSent.class);
    }
}
