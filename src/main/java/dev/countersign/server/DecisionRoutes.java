package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.config.Durations;
import dev.countersign.core.Json;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.permit.PermitRequest;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Deciding over REST: one by one or many at a time, and moving deadlines; withdrawing what is one's own. */
final class DecisionRoutes {
    static final int BATCH_MAX = 50;
    private static final int COMMENT_CHARS_MAX = 2000;
    private static final int DURATION_CHARS_MAX = 20;
    private static final int ID_CHARS_MAX = 100;
    private static final List<String> WORDS = List.of("approve", "deny");

    private final AgentRuntime runtime;
    private final ReviewDesk desk;

    DecisionRoutes(AgentRuntime runtime, ReviewDesk desk) {
        this.runtime = runtime;
        this.desk = desk;
    }

    void on(RoutesConfig routes) {
        routes.post("/api/approvals/batch", this::batch);
        routes.post("/api/approvals/{id}/approve", context -> decide(context, true));
        routes.post("/api/approvals/{id}/deny", context -> decide(context, false));
        routes.post("/api/approvals/{id}/extension", this::extend);
        routes.post("/api/approvals/{id}/cancel", this::cancel);
    }

    private void decide(Context context, boolean yes) {
        String comment = Wire.optionalText(Body.orEmpty(context, "comment"), "comment", COMMENT_CHARS_MAX);
        Principal reviewer = Gatekeeper.principal(context);
        Wire.answer(context, 200, decided(reviewer, new Wish(context.pathParam("id"), yes, comment)));
    }

    /** One decision that somebody wants to make. */
    private record Wish(String id, boolean yes, String comment) {
        static Wish of(JsonNode item) {
            if (!item.isObject()) {
                throw ServerErrors.badRequest("expected each of 'decisions' to be an object, got something else");
            }
            Body.only(item, List.of("id", "decision", "comment"));
            String word = Wire.text(item, "decision", ID_CHARS_MAX);
            if (!WORDS.contains(word)) {
                throw ServerErrors.badRequest("expected 'decision' to be approve or deny, got another word");
            }
            return new Wish(
                    Wire.text(item, "id", ID_CHARS_MAX),
                    word.equals("approve"),
                    Wire.optionalText(item, "comment", COMMENT_CHARS_MAX));
        }
    }

    private ObjectNode decided(Principal reviewer, Wish wish) {
        PermitRequest request =
                desk.decide(reviewer, wish.id(), wish.yes(), wish.comment().isEmpty() ? null : wish.comment());
        return Json.object()
                .put("id", request.id())
                .put("kind", request.kind().name().toLowerCase(Locale.ROOT))
                .put("status", request.status().name().toLowerCase(Locale.ROOT));
    }

    /** All are read before the first is decided, so that a batch that is wrong in itself decides nothing. */
    private void batch(Context context) {
        JsonNode decisions = Body.of(context, "decisions").path("decisions");
        if (!decisions.isArray() || decisions.isEmpty() || decisions.size() > BATCH_MAX) {
            throw ServerErrors.badRequest("expected 'decisions' to be a list of 1 to " + BATCH_MAX);
        }
        List<Wish> wishes = decisions.valueStream().map(Wish::of).toList();
        if (wishes.stream().map(Wish::id).distinct().count() < wishes.size()) {
            throw ServerErrors.badRequest("expected each request once among 'decisions', got one more often");
        }
        Principal reviewer = Gatekeeper.principal(context);
        ArrayNode outcomes = Json.array();
        wishes.forEach(wish -> outcomes.add(outcome(reviewer, wish)));
        Wire.answer(context, 200, Json.object().set("outcomes", outcomes));
    }

    /** What one cannot do does not keep the next from being done. */
    private ObjectNode outcome(Principal reviewer, Wish wish) {
        ObjectNode outcome = Json.object().put("id", wish.id());
        try {
            return outcome.set("decided", decided(reviewer, wish));
        } catch (RuntimeException e) {
            return outcome.set("problem", Problem.of(e).tree());
        }
    }

    /** Whoever may decide on a request may give it more time: Permit shows it to them, and it is not their own. */
    private void extend(Context context) {
        String by = Wire.text(Body.of(context, "by"), "by", DURATION_CHARS_MAX);
        Duration time = Durations.parse(by)
                .orElseThrow(() -> ServerErrors.badRequest("expected 'by' to be a time such as 12h or 2d"));
        Principal principal = Gatekeeper.principal(context);
        PermitRequest request = desk.toExtend(principal, context.pathParam("id"));
        Wire.answer(context, 200, runtime.extend(principal, request.id(), time));
    }

    private void cancel(Context context) {
        Body.orEmpty(context);
        Wire.answer(context, 202, runtime.withdraw(Gatekeeper.principal(context), context.pathParam("id")));
    }
}
