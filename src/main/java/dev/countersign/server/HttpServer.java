package dev.countersign.server;

import dev.countersign.config.ServerConfig;
import dev.countersign.core.CountersignException;
import dev.countersign.core.LogContext;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import io.javalin.util.JavalinBindException;
import io.javalin.util.JavalinException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.jetty.server.handler.SizeLimitHandler;

/**
 * The HTTP server: {@code /healthz}, {@code /readyz}, {@code /metrics}, {@code /token}, {@code /api}, {@code /webhooks/permit}, {@code
 * /mcp} and {@code /ws/chat}, and beside them the pages it is given. It holds nothing that a kill could lose; what it acknowledges,
 * the runtime has made durable. {@link #close} ends the clients' connections, not the runtime,
 * and interrupts nobody.
 */
public final class HttpServer implements AutoCloseable {
    private static final int SENDERS = 4;

    private final Javalin app;
    private final ChatSocket chat;
    private final Feeds feeds;
    private final ExecutorService senders;

    private HttpServer(Javalin app, ChatSocket chat, Feeds feeds, ExecutorService senders) {
        this.app = app;
        this.chat = chat;
        this.feeds = feeds;
        this.senders = senders;
    }

    /**
     * Listens, with the API alone.
     *
     * @throws CountersignException {@code CS-719} when the port is taken
     */
    public static HttpServer start(ServerConfig config, ServerParts parts) {
        return start(config, parts, nothing -> Pages.NONE);
    }

    /**
     * Listens.
     *
     * @param site makes the pages that are served beside the API
     * @throws CountersignException {@code CS-719} when the port is taken
     */
    public static HttpServer start(ServerConfig config, ServerParts parts, Function<PageParts, Pages> site) {
        ExecutorService senders = Executors.newFixedThreadPool(SENDERS, work -> {
            Thread thread = new Thread(work, "chat-sender");
            thread.setDaemon(true);
            return thread;
        });
        Gatekeeper gatekeeper = new Gatekeeper(parts.logins(), config.host());
        ChatSocket chat = new ChatSocket(parts.runtime(), parts.logins(), gatekeeper, senders);
        Feeds feeds = new Feeds(parts.log());
        ReviewDesk desk = new ReviewDesk(parts.runtime(), parts.permit());
        Pages pages = site.apply(new PageParts(
                parts.runtime(),
                parts.permit(),
                parts.logins(),
                parts.log(),
                parts.choices(),
                parts.hindsight(),
                desk,
                feeds,
                parts.about(),
                config.auditorRole()));
        Javalin app = Javalin.create(javalin -> {
            refusals(javalin.routes, pages);
            configure(javalin, parts, gatekeeper, chat);
            pages.on(javalin.routes);
            new FeedRoutes(parts, desk, feeds).on(javalin.routes);
            approvals(javalin.routes, parts, desk, new Auditors(parts.permit(), config.auditorRole()));
        });
        try {
            app.start(config.host(), config.port());
        } catch (JavalinException e) {
            senders.shutdownNow();
            feeds.close();
            String what =
                    e instanceof JavalinBindException ? "is the port taken? Choose one with --port" : "see the log";
            throw new CountersignException(
                    ServerErrors.CANNOT_LISTEN,
                    "could not listen on " + config.host() + ":" + config.port() + "; " + what,
                    e);
        }
        return new HttpServer(app, chat, feeds, senders);
    }

    private static void configure(JavalinConfig config, ServerParts parts, Gatekeeper gatekeeper, ChatSocket chat) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.concurrency.useVirtualThreads = false;
        config.http.maxRequestSize = Wire.BODY_BYTES_MAX;
        config.http.prefer405over404 = true;
        config.jetty.threadPool = new PatientPool();
        config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
        config.jetty.modifyServer(jetty -> jetty.setErrorHandler(new JettyErrors()));
        config.jetty.modifyServletContextHandler(
                context -> context.insertHandler(new SizeLimitHandler(Wire.BODY_BYTES_MAX, -1)));
        config.routes.before(context -> {
            // Whatever served in this Java thread before, and however it ended.
            LogContext.clear();
            context.header("X-Content-Type-Options", "nosniff");
            context.header("Cache-Control", "no-store");
            PlainRequest.require(context);
            if (!context.path().equals(WebhookRoutes.PATH)) {
                gatekeeper.requireOwnOrigin(context);
            }
        });
        config.routes.before("/api/*", gatekeeper::requireLogin);
        config.routes.after(context -> LogContext.clear());
        new OperationRoutes(parts.operations(), gatekeeper.isLoopbackOnly()).on(config.routes);
        config.routes.get("/api/about", context -> Wire.answer(context, 200, parts.about()));
        new ApiDocument().on(config.routes);
        new LoginRoutes(parts.logins()).on(config.routes);
        new EffectRoutes(parts.runtime()).on(config.routes);
        new LogRoutes(parts.log(), parts.logins()).on(config.routes);
        new GateRoutes(parts.runtime(), parts.logins()).on(config.routes);
        new ThreadRoutes(parts.runtime()).on(config.routes);
        new WebhookRoutes(parts.runtime(), parts.webhookSecret()).on(config.routes);
        new McpRoutes(parts.mcp(), gatekeeper).on(config.routes);
        chat.on(config.routes);
    }

    private static void refusals(RoutesConfig routes, Pages pages) {
        routes.exception(Exception.class, (failure, context) -> refuse(failure, context, pages));
        // Javalin has its own words for these unless they are named.
        routes.exception(HttpResponseException.class, (failure, context) -> refuse(failure, context, pages));
        routes.exception(MethodNotAllowedResponse.class, (failure, context) -> refuseMethod(failure, context, pages));
    }

    private static void approvals(RoutesConfig routes, ServerParts parts, ReviewDesk desk, Auditors auditors) {
        Readers readers = new Readers(parts.runtime(), auditors);
        new ThreadLooks(parts.runtime(), readers).on(routes);
        new HistoryRoutes(parts.hindsight().history(), readers).on(routes);
        new ApprovalRoutes(parts.runtime(), desk, auditors).on(routes);
        new DecisionRoutes(parts.runtime(), desk).on(routes);
    }

    private static void refuse(Exception failure, Context context, Pages pages) {
        Problem problem = Problem.of(failure);
        if (!pages.refuse(context, problem)) {
            problem.answer(context);
        }
    }

    /** Says which methods there are, as every 405 has to. */
    private static void refuseMethod(MethodNotAllowedResponse failure, Context context, Pages pages) {
        String methods = failure.getDetails().getOrDefault("availableMethods", "");
        context.header("Allow", String.join(", ", methods.split("\\s*,\\s*")));
        refuse(failure, context, pages);
    }

    /** What is served: method and path of every route. */
    Set<String> routes() {
        return app.unsafe.internalRouter.allHttpHandlers().stream()
                .filter(handler -> handler.endpoint.method.isHttpMethod())
                .map(handler -> handler.endpoint.method.name() + " " + handler.endpoint.path)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What clients follow. */
    Feeds feeds() {
        return feeds;
    }

    /** The port it listens on. */
    public int port() {
        return app.port();
    }

    @Override
    public void close() {
        chat.close();
        feeds.close();
        app.stop();
        senders.shutdown();
    }
}
