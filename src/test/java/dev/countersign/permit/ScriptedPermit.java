package dev.countersign.permit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.countersign.config.Config;
import dev.countersign.config.PermitConfig;
import dev.countersign.config.Places;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A Permit that says what the test tells it to, over a real socket. Replies of one route are used in order, the last one for
 * ever; a route without a reply answers 404. Every request is kept.
 */
final class ScriptedPermit implements AutoCloseable {
    static final String KEY = "permit_key_s3cret";
    static final String PROJECT = "11111111-1111-4111-8111-111111111111";
    static final String ENVIRONMENT = "22222222-2222-4222-8222-222222222222";
    static final String FACTS = "/v2/facts/" + PROJECT + "/" + ENVIRONMENT;
    static final String SCHEMA = "/v2/schema/" + PROJECT + "/" + ENVIRONMENT;
    static final String ELEMENTS = "/v2/elements/" + PROJECT + "/" + ENVIRONMENT + "/config";

    /** What came in. */
    record Received(String method, String path, String query, String body, String authorization) {
        String route() {
            return method + " " + path;
        }
    }

    /** What goes out. */
    private interface Reply {
        void to(HttpExchange exchange) throws IOException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Map<String, Deque<Reply>> replies = new HashMap<>();
    private final List<Received> received = new CopyOnWriteArrayList<>();

    ScriptedPermit() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
        on("GET /v2/api-key/scope", 200, """
                {"organization_id":"00000000-0000-4000-8000-000000000000","project_id":"%s","environment_id":"%s"}""".formatted(PROJECT, ENVIRONMENT));
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    PermitConfig config(String... settings) {
        Map<String, String> all = new HashMap<>(Map.of(
                "PERMIT_API_KEY", KEY, "PERMIT_API_URL", url(), "PERMIT_PDP_URL", url(), "PERMIT_TIMEOUT", "5s"));
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return Config.of(new Places(Path.of("."), Path.of(".")), all).permit();
    }

    Permit connect(String... settings) {
        return Permits.connect(config(settings));
    }

    ScriptedPermit on(String route, int status, String body, String... headers) {
        return add(route, exchange -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        });
    }

    /** The request arrives, then the connection breaks without an answer. */
    ScriptedPermit drops(String route) {
        return add(route, HttpExchange::close);
    }

    /** The request arrives and no answer comes while the test runs. */
    ScriptedPermit hangs(String route) {
        return add(route, exchange -> awaitClosing());
    }

    /** The answer begins and its body never ends. */
    ScriptedPermit hangsInBody(String route) {
        return add(route, exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            awaitClosing();
        });
    }

    private void awaitClosing() throws IOException {
        try {
            closing.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private synchronized ScriptedPermit add(String route, Reply reply) {
        replies.computeIfAbsent(route, any -> new ArrayDeque<>()).add(reply);
        return this;
    }

    private synchronized Reply next(String route) {
        Deque<Reply> left = replies.get(route);
        if (left == null) {
            return exchange -> {
                byte[] body = "{\"detail\":\"Not Found\"}".getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(404, body.length);
                exchange.getResponseBody().write(body);
            };
        }
        return left.size() > 1 ? left.remove() : left.element();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String query = exchange.getRequestURI().getRawQuery();
            Received one = new Received(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getRawPath(),
                    query == null ? "" : query,
                    body,
                    String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            received.add(one);
            next(one.route()).to(exchange);
        }
    }

    List<Received> received(String route) {
        return received.stream().filter(one -> one.route().equals(route)).toList();
    }

    List<Received> received() {
        return List.copyOf(received);
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
