package dev.countersign.tool;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server over streamable HTTP: each message is one POST, answered by JSON or a stream of events. No redirect is followed (it
 * could take the token elsewhere) and nothing is sent twice. A session that the server no longer knows ends the connection.
 */
final class HttpWire extends Wire {
    private static final Logger LOG = LoggerFactory.getLogger(HttpWire.class);
    private static final String SESSION = "Mcp-Session-Id";
    private static final Duration GOODBYE = Duration.ofSeconds(1);
    private static final int NOT_FOUND = 404;

    private final URI url;
    private final Optional<String> token;
    private final Duration timeout;
    private final int messageBytes;
    private final ExecutorService threads;
    private final HttpClient client;
    private volatile @Nullable String session;

    HttpWire(ServerSpec spec, URI url, ToolLimits limits) {
        super(spec.name());
        this.url = url;
        this.token = spec.token();
        this.timeout = spec.timeout();
        this.messageBytes = limits.messageBytes();
        this.threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "mcp-" + spec.name());
            thread.setDaemon(true);
            return thread;
        });
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(limits.ping())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    @Override
    void open() {
        // There is nothing to open: the first message does it.
    }

    private HttpRequest.Builder request() {
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream");
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        String known = session;
        if (known != null) {
            request.header(SESSION, known);
        }
        return request;
    }

    @Override
    void send(Outgoing message) {
        if (!alive() || !message.ticket().take()) {
            message.fail(new UnreachableException("server " + server() + " was closed", null));
            return;
        }
        HttpRequest request = request()
                .timeout(timeout)
                .POST(HttpRequest.BodyPublishers.ofString(message.json()))
                .build();
        try {
            threads.execute(() -> exchange(message, request));
        } catch (RejectedExecutionException e) {
            message.ticket().giveBack();
            message.fail(new UnreachableException("server " + server() + " was closed", e));
        }
    }

    private void exchange(Outgoing message, HttpRequest request) {
        try {
            answered(message, client.send(request, HttpResponse.BodyHandlers.ofInputStream()));
        } catch (IOException | RuntimeException e) {
            failed(message, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            message.fail(e);
        }
    }

    private void failed(Outgoing message, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    || cause instanceof HttpConnectTimeoutException
                    || cause instanceof UnresolvedAddressException) {
                message.ticket().giveBack();
                message.fail(new UnreachableException("server " + server() + " could not be reached at " + url, cause));
                return;
            }
        }
        message.fail(failure);
    }

    private void answered(Outgoing message, HttpResponse<InputStream> response) throws IOException {
        try (InputStream body = response.body()) {
            int status = response.statusCode();
            if (status / 100 == 2) {
                response.headers().firstValue(SESSION).ifPresent(given -> session = given);
                take(message, response.headers().firstValue("Content-Type").orElse(""), body);
            } else {
                refused(message, status);
            }
        }
    }

    /** A request that was turned away at the door was not worked on; what a failing server did is not known. */
    private void refused(Outgoing message, int status) {
        String why = "server " + server() + " answered with HTTP status " + status;
        if (status >= 300 && status < 500) {
            message.ticket().giveBack();
        }
        if (status == NOT_FOUND && session != null) {
            retire(why + ": it no longer knows our session");
        }
        message.fail(new IOException(why));
    }

    private void take(Outgoing message, String contentType, InputStream body) throws IOException {
        CompletableFuture<JsonNode> answer = message.answer();
        if (answer == null) {
            return;
        }
        // A stream that goes quiet would hold this thread for ever: the caller's deadline closes it.
        CompletableFuture<JsonNode> unused = answer.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((value, failure) -> close(body));
        if (contentType.contains("text/event-stream")) {
            takeEvents(body);
        } else {
            takeJson(body);
        }
        message.fail(new IOException("server " + server() + " ended its response without an answer"));
    }

    private void takeJson(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(messageBytes + 1);
        if (bytes.length > messageBytes) {
            throw new IOException("expected at most " + messageBytes + " bytes from server " + server() + ", got more");
        }
        receive(Json.mapper().readTree(bytes));
    }

    private void takeEvents(InputStream body) throws IOException {
        LineReader lines = new LineReader(body, messageBytes);
        StringBuilder data = new StringBuilder();
        for (String line = lines.next(); line != null; line = lines.next()) {
            if (line.isEmpty() && data.length() > 0) {
                receive(Json.mapper().readTree(data.toString()));
                data.setLength(0);
            } else if (line.startsWith("data:")) {
                data.append(line.substring("data:".length())).append('\n');
            }
            if (data.length() > messageBytes) {
                throw new IOException("expected events of at most " + messageBytes + " characters, got a longer one");
            }
        }
        if (data.length() > 0) {
            receive(Json.mapper().readTree(data.toString()));
        }
    }

    private static void close(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            LOG.trace("the response had ended already", e);
        }
    }

    /** Tells the server that the session is over, without waiting long for what it says. */
    @Override
    void shut() {
        if (session != null) {
            HttpRequest goodbye = request().timeout(GOODBYE).DELETE().build();
            threads.execute(() -> say(goodbye));
        }
        threads.shutdown();
    }

    private void say(HttpRequest goodbye) {
        try {
            client.send(goodbye, HttpResponse.BodyHandlers.discarding());
        } catch (IOException e) {
            LOG.trace("server {} did not hear the goodbye", server(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
