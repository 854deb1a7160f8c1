package dev.countersign.server;

import dev.countersign.core.CountersignException;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.Archive;
import dev.countersign.tool.EffectJournal.Resolution;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Map;
import java.util.Optional;

/** Effects whose outcome nobody knows, over REST: their owners look at them and say what became of them. */
final class EffectRoutes {
    private static final int LIST_MAX = 200;
    private static final int WORD_CHARS_MAX = 20;
    private static final Map<String, Resolution> WORDS =
            Map.of("retried", Resolution.RETRY, "happened", Resolution.CONFIRM, "did-not", Resolution.REFUTE);

    private final AgentRuntime runtime;

    EffectRoutes(AgentRuntime runtime) {
        this.runtime = runtime;
    }

    void on(RoutesConfig routes) {
        routes.get("/api/effects", this::list);
        routes.get("/api/effects/{id}", this::show);
        routes.post("/api/effects/{id}/resolution", this::resolve);
    }

    private void list(Context context) {
        Archive.Slice slice = Paging.slice(context, LIST_MAX, LIST_MAX);
        Wire.answer(
                context,
                200,
                Paging.page("effects", runtime.archive().unknownEffects(Gatekeeper.principal(context), slice)));
    }

    private void show(Context context) {
        Wire.answer(context, 200, runtime.effect(Gatekeeper.principal(context), context.pathParam("id")));
    }

    private void resolve(Context context) {
        String word = Wire.text(Body.of(context, "resolution"), "resolution", WORD_CHARS_MAX);
        Resolution resolution = Optional.ofNullable(WORDS.get(word)).orElseThrow(EffectRoutes::anotherWord);
        Wire.answer(context, 202, runtime.resolve(Gatekeeper.principal(context), context.pathParam("id"), resolution));
    }

    private static CountersignException anotherWord() {
        return ServerErrors.badRequest("expected 'resolution' to be retried, happened or did-not, got another word");
    }
}
