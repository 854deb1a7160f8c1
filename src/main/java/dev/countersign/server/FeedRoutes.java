package dev.countersign.server;

import dev.countersign.account.LoginTokens;
import dev.countersign.account.Logins;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.log.DecisionLog;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.function.Supplier;

/** Feeds over server-sent events: of one thread, and of one's inbox. Whatever is wrong with a request is answered before it streams. */
final class FeedRoutes {
    private final AgentRuntime runtime;
    private final Logins logins;
    private final DecisionLog log;
    private final ReviewDesk desk;
    private final Feeds feeds;

    FeedRoutes(ServerParts parts, ReviewDesk desk, Feeds feeds) {
        this.runtime = parts.runtime();
        this.logins = parts.logins();
        this.log = parts.log();
        this.desk = desk;
        this.feeds = feeds;
    }

    void on(RoutesConfig routes) {
        routes.get("/api/threads/{id}/events", this::ofThread);
        routes.get("/api/approvals/events", this::ofInbox);
    }

    private void ofThread(Context context) {
        String thread = context.pathParam("id");
        runtime.thread(Gatekeeper.principal(context), thread);
        long after = after(context, 0);
        feeds.stream(context, proof(context), client -> new ThreadFeed(client, runtime, thread, after));
    }

    private void ofInbox(Context context) {
        long after = after(context, log.head().seq());
        feeds.stream(context, proof(context), client -> new InboxFeed(client, runtime, log, desk, after));
    }

    private Supplier<LoginTokens.Login> proof(Context context) {
        String token = Gatekeeper.bearer(context);
        return () -> logins.verify(token);
    }

    /** Where to go on: as the browser says by itself, or as it is asked for. */
    private static long after(Context context, long otherwise) {
        PlainRequest.requireOnly(context, List.of("after"));
        long asked = context.queryParam("after") == null ? otherwise : Wire.position(context, "after");
        String last = context.header("Last-Event-ID");
        if (last == null) {
            return asked;
        }
        if (!last.matches("\\d{1,18}")) {
            throw ServerErrors.badRequest("expected Last-Event-ID to be the id of an event of this feed");
        }
        return Long.parseLong(last);
    }
}
