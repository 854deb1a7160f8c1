package dev.countersign.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.mcp.client.McpCallContext;
import dev.langchain4j.mcp.client.transport.McpOperationHandler;
import dev.langchain4j.mcp.client.transport.McpTransport;
import dev.langchain4j.mcp.protocol.McpClientMessage;
import dev.langchain4j.mcp.protocol.McpInitializationNotification;
import dev.langchain4j.mcp.protocol.McpInitializeRequest;
import dev.langchain4j.mcp.protocol.McpListToolsRequest;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to one MCP server, dead for good once it is dead. The transports of langchain4j-mcp 1.18.1 are not used: over
 * stdio they give our environment to the subprocess, write in the platform's charset and swallow write errors; over HTTP they
 * repeat a call on their own and may wait for ever. Here a message either provably never left (its {@link SendTicket} can be
 * withdrawn) or its outcome is unknown.
 */
abstract class Wire implements McpTransport {
    /** Where a call's ticket travels in the invocation parameters. */
    static final String TICKET = "ticket";

    private static final Logger LOG = LoggerFactory.getLogger(Wire.class);
    private static final Set<String> NOTIFICATIONS = Set.of(
            "notifications/tools/list_changed",
            "notifications/message",
            "notifications/progress",
            "notifications/cancelled");
    private static final int METHOD_NOT_FOUND = -32601;

    private final String server;
    private final ToolListing listing;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable McpOperationHandler handler;
    private volatile @Nullable String death;

    Wire(String server) {
        this.server = server;
        this.listing = new ToolListing(server);
    }

    /** Sends one message, at some later time; the answer is failed when it cannot be sent. */
    abstract void send(Outgoing message);

    /** Opens the connection. */
    abstract void open() throws UnreachableException;

    /** Closes it; called once. */
    abstract void shut();

    /** A message on its way out; without an answer to wait for when it is a notification or a reply. */
    record Outgoing(
            String json, SendTicket ticket, @Nullable CompletableFuture<JsonNode> answer) {
        void fail(Throwable failure) {
            if (answer != null) {
                answer.completeExceptionally(failure);
            }
        }

        /** Runs that when the other side has answered, unless it never does. */
        void whenAnswered(Runnable what) {
            if (answer != null) {
                var unused = answer.thenRun(what);
            }
        }
    }

    String server() {
        return server;
    }

    /** The tools' schemas as the server sent them. */
    ToolListing listing() {
        return listing;
    }

    boolean alive() {
        return death == null;
    }

    /** Why it is dead, in words for a person; null while it lives. */
    @Nullable
    String death() {
        return death;
    }

    /** Lets nobody send over this connection any more; those who wait for an answer may still get it. */
    final void retire(String why) {
        if (death == null) {
            death = why;
        }
    }

    /** Marks the connection dead and fails everybody who waits for an answer. */
    final void die(String why) {
        retire(why);
        McpOperationHandler operations = handler;
        if (operations != null) {
            operations.cancelAllPendingOperations(why);
        }
    }

    /** Takes in what the server sent: answers and known notifications; its own requests are answered here. */
    final void receive(JsonNode message) {
        if (message.isArray()) {
            message.forEach(this::receive);
        } else if (message.isObject()) {
            receiveOne((ObjectNode) message);
        }
    }

    private void receiveOne(ObjectNode message) {
        String method = message.path("method").asText("");
        McpOperationHandler operations = handler;
        if (message.has("id") && !method.isEmpty()) {
            send(new Outgoing(reply(message.get("id"), method).toString(), new SendTicket(), null));
        } else if (operations != null && (message.has("id") || NOTIFICATIONS.contains(method))) {
            try {
                operations.handle(message);
            } catch (RuntimeException e) {
                LOG.debug("server {} sent a message that makes no sense", server, e);
            }
        }
    }

    /** We offer no roots, no sampling and no questions to the user; saying so at once keeps a server from waiting. */
    private static ObjectNode reply(JsonNode id, String method) {
        ObjectNode reply = Json.object().put("jsonrpc", "2.0").set("id", id);
        switch (method) {
            case "ping" -> reply.putObject("result");
            case "roots/list" -> reply.putObject("result").putArray("roots");
            default ->
                reply.putObject("error").put("code", METHOD_NOT_FOUND).put("message", "not offered by this client");
        }
        return reply;
    }

    @Override
    public final void start(McpOperationHandler messageHandler) {
        handler = messageHandler;
        try {
            open();
        } catch (UnreachableException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Override
    public final CompletableFuture<JsonNode> initialize(McpInitializeRequest request) {
        return exchange(request, new SendTicket()).thenApply(answer -> {
            if (!answer.path("result").isObject()) {
                throw new IllegalStateException("it refused to start a session: "
                        + Words.brief(answer.path("error").path("message").asText("no result")));
            }
            executeOperationWithoutResponse(new McpInitializationNotification());
            return answer;
        });
    }

    @Override
    public final CompletableFuture<JsonNode> executeOperationWithResponse(McpClientMessage request) {
        return executeOperationWithResponse(new McpCallContext(null, request));
    }

    @Override
    public final CompletableFuture<JsonNode> executeOperationWithResponse(McpCallContext context) {
        CompletableFuture<JsonNode> answer = exchange(context.message(), ticketOf(context.invocationContext()));
        return context.message() instanceof McpListToolsRequest list ? listing.watch(list, answer) : answer;
    }

    private static SendTicket ticketOf(@Nullable InvocationContext invocation) {
        SendTicket ticket =
                invocation == null ? null : invocation.invocationParameters().get(TICKET);
        return ticket == null ? new SendTicket() : ticket;
    }

    private CompletableFuture<JsonNode> exchange(McpClientMessage message, SendTicket ticket) {
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        McpOperationHandler operations = handler;
        if (operations != null) {
            operations.startOperation(message.getId(), answer);
        }
        // Looked at after the registration: whoever dies later fails this answer, too.
        String why = death;
        if (why != null) {
            answer.completeExceptionally(new UnreachableException(why, null));
        } else {
            send(new Outgoing(Json.write(message), ticket, answer));
        }
        return answer.thenApply(value -> {
            ticket.answered();
            return value;
        });
    }

    @Override
    public final void executeOperationWithoutResponse(McpClientMessage request) {
        send(new Outgoing(Json.write(request), new SendTicket(), null));
    }

    @Override
    public final void executeOperationWithoutResponse(McpCallContext context) {
        executeOperationWithoutResponse(context.message());
    }

    @Override
    public final void checkHealth() {
        String why = death;
        if (why != null) {
            throw new IllegalStateException(why);
        }
    }

    /** Never called back: a dead connection is replaced by a new one, not revived. */
    @Override
    public final void onFailure(Runnable actionOnFailure) {}

    @Override
    public final void close() {
        die("server " + server + " was closed");
        if (closed.compareAndSet(false, true)) {
            shut();
        }
    }
}
