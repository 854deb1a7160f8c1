package dev.countersign.server;

import dev.countersign.account.Logins;
import dev.countersign.graph.AgentRuntime;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.websocket.WsConnectContext;
import io.javalin.websocket.WsContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The WebSocket {@code /ws/chat} in the guide's form. Origin, login and thread are checked before the upgrade, so a refusal
 * is an ordinary HTTP answer; the login again at each message.
 */
final class ChatSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChatSocket.class);
    private static final String PATH = "/ws/chat";
    private static final long PING_SECONDS = 20;
    private static final long GOODBYE_SECONDS = 2;
    private static final int UNSUPPORTED_DATA = 1003;
    private static final int GOING_AWAY = 1001;

    private final AgentRuntime runtime;
    private final Logins logins;
    private final Gatekeeper gatekeeper;
    private final Executor executor;
    private final Map<String, Open> open = new ConcurrentHashMap<>();

    ChatSocket(AgentRuntime runtime, Logins logins, Gatekeeper gatekeeper, Executor executor) {
        this.runtime = runtime;
        this.logins = logins;
        this.gatekeeper = gatekeeper;
        this.executor = executor;
    }

    void on(RoutesConfig routes) {
        routes.wsBeforeUpgrade(PATH, this::admit);
        routes.ws(PATH, socket -> {
            socket.onConnect(this::connect);
            socket.onMessage(message -> {
                Open client = open.get(message.sessionId());
                if (client != null) {
                    client.connection.say(message.message());
                }
            });
            socket.onBinaryMessage(message -> message.closeSession(UNSUPPORTED_DATA, "expected text"));
            socket.onClose(this::gone);
            socket.onError(this::gone);
        });
    }

    private void admit(Context context) {
        gatekeeper.requireOwnOrigin(context);
        gatekeeper.requireLogin(context);
        ThreadRoutes.agent(runtime, orEmpty(context.queryParam("agent")));
        String thread = context.queryParam("thread");
        if (thread != null) {
            runtime.thread(Gatekeeper.principal(context), thread);
        }
    }

    private void connect(WsConnectContext context) {
        context.session.setMaxTextMessageSize(Wire.BODY_BYTES_MAX);
        context.enableAutomaticPings(PING_SECONDS, TimeUnit.SECONDS);
        String token = orEmpty(context.header("Authorization"))
                .replaceFirst("(?i)^Bearer ", "")
                .strip();
        ClientQueue queue = new ClientQueue(context.session, executor);
        ChatConnection connection = new ChatConnection(
                runtime,
                () -> logins.verify(token),
                ThreadRoutes.agent(runtime, orEmpty(context.queryParam("agent"))),
                context.queryParam("thread"),
                queue);
        open.put(context.sessionId(), new Open(connection, queue));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private void gone(WsContext context) {
        Open client = open.remove(context.sessionId());
        if (client != null) {
            client.connection.close();
        }
    }

    /** Tells every client that the server goes away, and waits a moment for the words to leave. */
    @Override
    public void close() {
        List<Open> clients = List.copyOf(open.values());
        CountDownLatch told = new CountDownLatch(clients.size());
        clients.forEach(client -> client.queue.close(GOING_AWAY, "the server stops", told::countDown));
        try {
            if (!told.await(GOODBYE_SECONDS, TimeUnit.SECONDS)) {
                LOG.atInfo().log("some clients did not hear that the server stops");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Open(ChatConnection connection, ClientQueue queue) {}
}
