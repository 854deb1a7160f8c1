package dev.countersign.emulator;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.UriCompliance;

/**
 * The HTTP server: one catch-all handler that hands the raw request to the dispatcher and writes what comes back. A request that
 * comes before there is a dispatcher waits for it.
 */
final class HttpEdge implements AutoCloseable {
    private static final ErrorCode NOT_LISTENING = new ErrorCode("CS-802", ErrorCode.Kind.UNREACHABLE);
    private static final long LARGEST_BODY_BYTES = 4_000_000;

    private final Javalin server;

    private HttpEdge(Javalin server) {
        this.server = server;
    }

    static HttpEdge start(String host, int port, CompletableFuture<Dispatcher> dispatcher) {
        Javalin server = Javalin.create(config -> configure(config, context -> serve(context, dispatcher.join())));
        try {
            server.start(host, port);
        } catch (RuntimeException e) {
            throw new CountersignException(
                    NOT_LISTENING,
                    "expected to listen on " + host + ":" + port + ", got: " + e.getMessage()
                            + "; choose another port, or 0 for any free one",
                    e);
        }
        return new HttpEdge(server);
    }

    private static void configure(JavalinConfig config, Handler handler) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.maxRequestSize = LARGEST_BODY_BYTES;
        // An encoded slash belongs to the segment it stands in; refusing it is for the route to decide.
        config.jetty.modifyHttpConfiguration(http -> http.setUriCompliance(UriCompliance.UNSAFE));
        config.routes.get("/*", handler);
        config.routes.post("/*", handler);
        config.routes.put("/*", handler);
        config.routes.patch("/*", handler);
        config.routes.delete("/*", handler);
    }

    private static void serve(Context context, Dispatcher dispatcher) throws Exception {
        Dispatcher.Answer answer = dispatcher.answer(incoming(context), fromLoopback(context));
        if (answer.dropped()) {
            ServletContextRequest.getServletContextRequest(context.req())
                    .getServletChannel()
                    .getEndPoint()
                    .close();
            return;
        }
        if (answer.retryAfterSeconds() > 0) {
            context.header("Retry-After", Integer.toString(answer.retryAfterSeconds()));
        }
        Reply reply = answer.reply();
        context.status(reply.status());
        if (!reply.contentType().isEmpty()) {
            context.contentType(reply.contentType());
            context.result(reply.body().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static Incoming incoming(Context context) {
        String query = context.req().getQueryString();
        String authorization = context.header("Authorization");
        String cookie = context.cookie("permit_session");
        return new Incoming(
                context.req().getMethod(),
                context.req().getRequestURI(),
                query == null ? "" : query,
                new String(context.bodyAsBytes(), StandardCharsets.UTF_8),
                authorization == null ? "" : authorization,
                cookie == null ? "" : cookie);
    }

    private static boolean fromLoopback(Context context) {
        try {
            return InetAddress.getByName(context.req().getRemoteAddr()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
    }
}
