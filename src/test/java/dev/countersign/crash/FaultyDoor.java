package dev.countersign.crash;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands between a client and Permit, hands on what is said, and goes wrong once: at the n-th request. */
final class FaultyDoor implements AutoCloseable {
    private static final Set<String> NOT_HANDED_ON = Set.of(
            "connection", "content-length", "host", "upgrade", "http2-settings", "transfer-encoding", "expect", "date");

    /** How it goes wrong. */
    enum Manner {
        /** 503, and nothing was done. */
        REFUSE,
        /** 503, although it was done. */
        DENY_THE_DEED,
        /** No answer, and nothing was done. */
        DROP,
        /** No answer, although it was done. */
        SWALLOW;

        boolean afterwards() {
            return this == DENY_THE_DEED || this == SWALLOW;
        }
    }

    private final Nth nth;
    private final Manner manner;
    private final String behind;
    private final HttpServer server;
    private final ExecutorService pool = Executors.newFixedThreadPool(4);
    private final HttpClient client = HttpClient.newHttpClient();

    FaultyDoor(Nth nth, Manner manner, String behind) {
        this.nth = nth;
        this.manner = manner;
        this.behind = behind;
        try {
            this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(pool);
        server.createContext("/", this::pass);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean now = nth.isNow();
            if (now && !manner.afterwards()) {
                goWrong(exchange);
                return;
            }
            HttpResponse<byte[]> answer = ask(exchange);
            if (now) {
                goWrong(exchange);
                return;
            }
            answer.headers().map().forEach((name, values) -> {
                if (!NOT_HANDED_ON.contains(name) && !name.startsWith(":")) {
                    values.forEach(value -> exchange.getResponseHeaders().add(name, value));
                }
            });
            byte[] body = answer.body();
            exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    /** Closing an exchange that was not answered closes the connection. */
    private void goWrong(HttpExchange exchange) throws IOException {
        if (manner == Manner.REFUSE || manner == Manner.DENY_THE_DEED) {
            exchange.sendResponseHeaders(503, -1);
        }
    }

    private HttpResponse<byte[]> ask(HttpExchange exchange) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(behind + exchange.getRequestURI()))
                .method(
                        exchange.getRequestMethod(),
                        HttpRequest.BodyPublishers.ofByteArray(
                                exchange.getRequestBody().readAllBytes()));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!NOT_HANDED_ON.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        pool.shutdown();
    }
}
