package dev.countersign.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.graph.Archive;
import dev.countersign.replay.Fixture;
import dev.countersign.replay.History;
import dev.countersign.replay.Recording;
import dev.countersign.replay.Step;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.Map;

/** A thread's history over REST: what each step did, and the state after it. For its owner and auditors. */
final class HistoryRoutes {
    private static final int STEPS_MAX = 100;
    private static final int STEPS_DEFAULT = 50;
    private static final int MESSAGES_MAX = 1000;
    private static final int MESSAGES_DEFAULT = 50;

    private final History history;
    private final Readers readers;

    HistoryRoutes(History history, Readers readers) {
        this.history = history;
        this.readers = readers;
    }

    void on(RoutesConfig routes) {
        routes.get("/api/threads/{id}/history", this::steps);
        routes.get("/api/threads/{id}/history/{seq}", this::moment);
        routes.get("/api/threads/{id}/recording", this::recording);
        routes.get("/api/threads/{id}/family", this::family);
    }

    private void steps(Context context) {
        Archive.Slice slice = Paging.slice(context, STEPS_DEFAULT, STEPS_MAX);
        Archive.Page<Step> page = history.steps(readers.of(context), context.pathParam("id"), slice);
        Wire.answer(context, 200, Paging.page("steps", page));
    }

    /** As a file has it: what reads it checks every byte. */
    private void recording(Context context) {
        PlainRequest.requireOnly(context, List.of());
        Recording recording = history.recording(readers.of(context), context.pathParam("id"));
        context.status(200).contentType("application/json").result(Fixture.write(recording, false));
    }

    private void moment(Context context) {
        PlainRequest.requireOnly(context, List.of("messages"));
        int messages = Wire.number(context, "messages", MESSAGES_DEFAULT, MESSAGES_MAX);
        long seq = seq(context.pathParam("seq"));
        History.Moment moment = history.at(readers.of(context), context.pathParam("id"), seq, messages);
        ObjectNode body = Json.object();
        body.set("step", Wire.tree(moment.step()));
        body.put("head", moment.head());
        // As it is stored: its names are nobody's to change.
        body.set("state", moment.state());
        body.set("last", Wire.tree(moment.last()));
        Wire.answer(context, 200, body);
    }

    private void family(Context context) {
        PlainRequest.requireOnly(context, List.of());
        Wire.answer(context, 200, Map.of("threads", history.family(readers.of(context), context.pathParam("id"))));
    }

    /** What is no number is no step either. */
    private static long seq(String given) {
        return given.matches("\\d{1,18}") ? Long.parseLong(given) : 0;
    }
}
