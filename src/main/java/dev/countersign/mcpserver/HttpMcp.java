package dev.countersign.mcpserver;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import io.javalin.Javalin;
import io.javalin.util.JavalinBindException;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.server.transport.ServerHttpHeaderValidator;
import jakarta.servlet.DispatcherType;
import java.net.URI;
import java.util.EnumSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;

/** Streamable HTTP: the SDK's servlet behind our guard, in Javalin's Jetty. */
final class HttpMcp implements RunningMcp {
    static final String ENDPOINT = "/mcp";
    private static final ErrorCode CANNOT_SERVE = new ErrorCode("CS-452", ErrorCode.Kind.INVALID);

    private final Javalin web;
    private final McpSyncServer server;
    private final URI uri;
    private final CountDownLatch ended = new CountDownLatch(1);

    private HttpMcp(Javalin web, McpSyncServer server, URI uri) {
        this.web = web;
        this.server = server;
        this.uri = uri;
    }

    static HttpMcp start(
            HttpSettings settings, Function<HttpServletStreamableServerTransportProvider, McpSyncServer> serverOn) {
        if (settings.token().value().isBlank()) {
            throw new CountersignException(
                    CANNOT_SERVE,
                    "expected a bearer token for MCP over HTTP, got none: callers name the acting user, so only bearers"
                            + " may call. Set COUNTERSIGN_MCP_TOKEN.");
        }
        HttpServletStreamableServerTransportProvider transport = HttpServletStreamableServerTransportProvider.builder()
                .jsonMapper(McpJsonDefaults.getMapper())
                .mcpEndpoint(ENDPOINT)
                .httpHeaderValidator(
                        ServerHttpHeaderValidator
                                .NOOP) // HttpGuard has judged Origin and Host before the servlet is reached
                .maxRequestSize(settings.bodyBytesMax())
                .build();
        McpSyncServer server = serverOn.apply(transport);
        Javalin web = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.jetty.modifyServletContextHandler(handler -> mount(handler, transport, settings));
        });
        try {
            web.start(settings.host(), settings.port());
        } catch (JavalinBindException e) {
            server.close();
            throw new CountersignException(
                    CANNOT_SERVE,
                    "expected to listen on " + settings.host() + ":" + settings.port()
                            + ", got refused. Is another program there? Choose another --port.",
                    e);
        }
        return new HttpMcp(web, server, URI.create("http://" + settings.host() + ":" + web.port() + ENDPOINT));
    }

    private static void mount(
            ServletContextHandler handler,
            HttpServletStreamableServerTransportProvider transport,
            HttpSettings settings) {
        FilterHolder guard = new FilterHolder(new HttpGuard(settings));
        guard.setAsyncSupported(true);
        handler.addFilter(guard, "/*", EnumSet.of(DispatcherType.REQUEST));
        ServletHolder servlet = new ServletHolder("mcp", transport);
        servlet.setAsyncSupported(true);
        handler.addServlet(servlet, ENDPOINT);
    }

    @Override
    public URI uri() {
        return uri;
    }

    @Override
    public void join() throws InterruptedException {
        ended.await();
    }

    @Override
    public void close() {
        server.close();
        web.stop();
        ended.countDown();
    }
}
