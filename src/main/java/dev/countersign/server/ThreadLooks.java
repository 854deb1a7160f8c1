package dev.countersign.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.core.Mark;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.Archive;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;

/**
 * Looking at one thread over REST: itself, its messages, approvals and checkpoints. Its owner does, and an auditor; for anybody
 * else it does not exist.
 */
final class ThreadLooks {
    private static final int MESSAGES_MAX = 1000;
    private static final int CHECKPOINTS_MAX = 100;

    private final AgentRuntime runtime;
    private final Readers readers;

    ThreadLooks(AgentRuntime runtime, Readers readers) {
        this.runtime = runtime;
        this.readers = readers;
    }

    void on(RoutesConfig routes) {
        routes.get("/api/threads/{id}", this::show);
        routes.get("/api/jobs/{id}", this::show);
        routes.get("/api/threads/{id}/messages", this::messages);
        routes.get("/api/threads/{id}/approvals", this::approvals);
        routes.get("/api/threads/{id}/checkpoints", this::checkpoints);
        routes.get("/api/threads/{id}/checkpoints/{checkpoint}", this::checkpoint);
    }

    private Principal reader(Context context) {
        return readers.of(context);
    }

    private void show(Context context) {
        PlainRequest.requireOnly(context, List.of());
        Tagged.answer(context, Wire.tree(runtime.thread(reader(context), context.pathParam("id"))));
    }

    /** Positions have no gaps, so the last one of a page is where the next begins. */
    private void messages(Context context) {
        Archive.Slice slice = Paging.slice(context, MESSAGES_MAX, MESSAGES_MAX, "after");
        boolean first = slice.after().equals(Mark.NEWEST);
        long after = first ? Wire.position(context, "after") : slice.after().at();
        Principal reader = reader(context);
        String thread = context.pathParam("id");
        List<AgentRuntime.Entry> entries = runtime.transcript(reader, thread, after, slice.limit());
        ObjectNode body = Json.object();
        body.set("messages", Wire.tree(entries));
        if (entries.size() == slice.limit()) {
            long last = entries.get(entries.size() - 1).position();
            if (runtime.thread(reader, thread).messages() > last) {
                body.put("next", Paging.cursor(new Mark(last, "message")));
            }
        }
        Wire.answer(context, 200, body);
    }

    private void approvals(Context context) {
        PlainRequest.requireOnly(context, List.of());
        ObjectNode body = Json.object();
        body.set("approvals", Wire.tree(runtime.approvals(reader(context), context.pathParam("id"))));
        Tagged.answer(context, body);
    }

    private void checkpoints(Context context) {
        Archive.Slice slice = Paging.slice(context, CHECKPOINTS_MAX, CHECKPOINTS_MAX);
        Wire.answer(
                context,
                200,
                Paging.page(
                        "checkpoints", runtime.archive().checkpoints(reader(context), context.pathParam("id"), slice)));
    }

    private void checkpoint(Context context) {
        PlainRequest.requireOnly(context, List.of());
        Wire.answer(
                context,
                200,
                runtime.archive()
                        .checkpoint(reader(context), context.pathParam("id"), context.pathParam("checkpoint")));
    }
}
