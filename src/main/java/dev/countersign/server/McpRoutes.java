package dev.countersign.server;

import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * {@code /mcp}: MCP over streamable HTTP for other agents, behind the same login as {@code /api}, which is looked at with each
 * message. Every answer is one JSON object; there are no sessions and no streams, so GET and DELETE are answered 405, and a
 * session that somebody names 404, as the protocol wants it: its client begins anew.
 */
final class McpRoutes {
    static final String PATH = "/mcp";

    /** Calls that are worked off at a time. Each waits for Permit in a thread that also serves people. */
    private static final int CALLS_MAX = 16;

    private final ServerParts.Mcp mcp;
    private final Gatekeeper gatekeeper;
    private final Semaphore free = new Semaphore(CALLS_MAX);

    McpRoutes(ServerParts.Mcp mcp, Gatekeeper gatekeeper) {
        this.mcp = mcp;
        this.gatekeeper = gatekeeper;
    }

    void on(RoutesConfig routes) {
        routes.post(PATH, this::answer);
    }

    private void answer(Context context) {
        gatekeeper.requireLogin(context);
        PlainRequest.requireOnly(context, List.of());
        if (context.header("Mcp-Session-Id") != null) {
            throw new CountersignException(
                    ServerErrors.NO_SESSION,
                    "there are no sessions here: initialize anew, and leave Mcp-Session-Id out");
        }
        String message = Json.write(Body.any(context));
        if (!free.tryAcquire()) {
            context.header("Retry-After", "1");
            throw new CountersignException(
                    ServerErrors.TOO_MANY_CALLS, CALLS_MAX + " calls are being worked off already; try again soon");
        }
        Optional<String> answer;
        try {
            answer = mcp.answer(Gatekeeper.principal(context), context.header("MCP-Protocol-Version"), message);
        } finally {
            free.release();
        }
        answer.ifPresentOrElse(
                json -> context.status(200).contentType("application/json").result(json), () -> context.status(202));
    }
}
