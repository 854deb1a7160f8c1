package dev.countersign.server;

import dev.countersign.account.Logins;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Principal;
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
 * The WebSocket {@code /ws/chat} in the guide's form. Origin, agent and thread are checked before the upgrade, so a refusal is
 * an ordinary HTTP answer. Without a valid login the connection is closed with 1008 as soon as it is there: a client in a page
 * sees the code of a close, and nothing of a refused upgrade.
 */
final class ChatSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChatSocket.class);
    private static final String PATH = "/ws/chat";
    private static final long PING_SECONDS = 20;
    private static final long GOODBYE_SECONDS = 2;
    /** Of one message a client sends. What we tell as history is kept small enough to be sent back with a message. */
    private static final int MESSAGE_BYTES_MAX = 64 * 1024;

    private static final int UNSUPPORTED_DATA = 1003;
    private static final int GOING_AWAY = 1001;

    private final AgentRuntime runtime;
    private final Logins logins;
    private final Gatekeeper gatekeeper;
    private final Executor executor;
    private final Map<String, Open> open = new ConcurrentHashMap<>();
    private final Neighbours neighbours;

    ChatSocket(AgentRuntime runtime, Logins logins, Gatekeeper gatekeeper, Executor executor) {
        this.runtime = runtime;
        this.logins = logins;
        this.gatekeeper = gatekeeper;
        this.executor = executor;
        this.neighbours = new Neighbours(runtime::archive);
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
        Principal user;
        try {
            user = logins.verify(token(context.header("Authorization"))).principal();
        } catch (CountersignException e) {
            // Upgraded to be told so, and of nothing else.
            return;
        }
        ThreadRoutes.agent(runtime, orEmpty(context.queryParam("agent")));
        Wire.position(context, "after");
        String thread = context.queryParam("thread");
        if (thread != null) {
            runtime.thread(user, thread);
        }
    }

    private static String token(@Nullable String authorization) {
        String header = orEmpty(authorization);
        return header.regionMatches(true, 0, "Bearer ", 0, 7)
                ? header.substring(7).strip()
                : "";
    }

    private void connect(WsConnectContext context) {
        context.session.setMaxTextMessageSize(MESSAGE_BYTES_MAX);
        context.enableAutomaticPings(PING_SECONDS, TimeUnit.SECONDS);
        String token = token(context.header("Authorization"));
        String after = context.queryParam("after");
        ClientQueue queue = new ClientQueue(context.session, executor);
        try {
            ChatConnection connection = new ChatConnection(
                    runtime,
                    () -> logins.verify(token),
                    ThreadRoutes.agent(runtime, orEmpty(context.queryParam("agent"))),
                    new Resumed(context.queryParam("thread"), after == null ? null : Long.valueOf(after)),
                    queue);
            open.put(context.sessionId(), new Open(connection, queue));
            neighbours.add(connection);
        } catch (CountersignException e) {
            queue.close(ChatConnection.POLICY_VIOLATION, e.detail());
        }
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private void gone(WsContext context) {
        Open client = open.remove(context.sessionId());
        if (client != null) {
            neighbours.remove(client.connection);
            client.connection.close();
        }
    }

    /** Tells every client that the server goes away, and waits a moment for the words to leave. */
    @Override
    public void close() {
        neighbours.close();
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
