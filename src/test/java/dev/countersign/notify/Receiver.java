package dev.countersign.notify;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** An endpoint on loopback that keeps what it is sent and answers as it is told. */
public final class Receiver implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Function<Received, Answer> answers;
    private final List<Received> received = new CopyOnWriteArrayList<>();

    /**
     * What came.
     *
     * @param headers by lower-case name
     */
    public record Received(Map<String, String> headers, String body, int answered) {
        /** A header that has to be there. */
        public String header(String name) {
            return headers.getOrDefault(name, "(no " + name + ")");
        }
    }

    /** What is answered. */
    public record Answer(int status, Map<String, String> headers) {
        public static final Answer OK = new Answer(200, Map.of());

        /** Another status. */
        public static Answer of(int status) {
            return new Answer(status, Map.of());
        }
    }

    private Receiver(HttpServer server, Function<Received, Answer> answers) {
        this.server = server;
        this.answers = answers;
    }

    /** Starts one; {@code answers} is asked before each answer, with a message that is not answered yet. */
    public static Receiver start(Function<Received, Answer> answers) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        Receiver receiver = new Receiver(server, answers);
        server.setExecutor(receiver.threads);
        server.createContext("/", receiver::take);
        server.start();
        return receiver;
    }

    private void take(HttpExchange exchange) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) ->
                        headers.put(name.toLowerCase(java.util.Locale.ROOT), String.join(", ", values)));
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Answer answer = answers.apply(new Received(headers, body, 0));
        received.add(new Received(headers, body, answer.status()));
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(answer.status(), -1);
        exchange.close();
    }

    /** Everything that came, in the order of its answers. */
    public List<Received> received() {
        return List.copyOf(received);
    }

    /** What was answered with 200. */
    public List<Received> taken() {
        return received.stream().filter(one -> one.answered() == 200).toList();
    }

    /** Where it listens. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook/s3cret-path";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
