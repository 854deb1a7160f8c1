package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.Archive;
import dev.countersign.thread.ThreadKind;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Threads and jobs over REST. Each call acts for the verified login; another's thread does not exist for it. */
final class ThreadRoutes {
    static final int TEXT_CHARS_MAX = 32_000;
    private static final int LIST_MAX = 200;
    private static final int LIST_DEFAULT = 50;
    private static final int TITLE_CHARS_MAX = 200;
    private static final int KEY_CHARS_MAX = 200;

    private final AgentRuntime runtime;

    ThreadRoutes(AgentRuntime runtime) {
        this.runtime = runtime;
    }

    void on(RoutesConfig routes) {
        routes.get("/api/agents", context -> Wire.answer(context, 200, Map.of("agents", runtime.agents())));
        routes.get("/api/threads", context -> list(context, "threads", null));
        routes.post("/api/threads", this::openChat);
        routes.post("/api/threads/{id}/messages", this::send);
        routes.post("/api/threads/{id}/cancel", this::cancel);
        routes.post("/api/threads/{id}/fork", this::fork);
        routes.delete("/api/threads/{id}", this::erase);
        routes.get("/api/jobs", context -> list(context, "jobs", ThreadKind.JOB));
        routes.post("/api/jobs", this::submit);
        routes.post("/api/jobs/{id}/cancel", this::cancel);
    }

    private void list(Context context, String name, @Nullable ThreadKind kind) {
        Archive.Slice slice = Paging.slice(context, LIST_DEFAULT, LIST_MAX);
        Wire.answer(
                context, 200, Paging.page(name, runtime.archive().threads(Gatekeeper.principal(context), kind, slice)));
    }

    private void openChat(Context context) {
        JsonNode body = Body.of(context, "agent", "title");
        String agent = agent(runtime, Wire.optionalText(body, "agent", TITLE_CHARS_MAX));
        String title = Wire.optionalText(body, "title", TITLE_CHARS_MAX);
        Principal owner = Gatekeeper.principal(context);
        Wire.answer(context, 201, runtime.open(owner, agent, ThreadKind.CHAT, title.isEmpty() ? agent : title));
    }

    /** With a key of the client's choosing it may be sent again until it is answered: it stays one job. */
    private void submit(Context context) {
        JsonNode body = Body.of(context, "agent", "goal");
        String agent = agent(runtime, Wire.optionalText(body, "agent", TITLE_CHARS_MAX));
        String goal = Wire.text(body, "goal", TEXT_CHARS_MAX);
        Principal owner = Gatekeeper.principal(context);
        String key = context.header("Idempotency-Key");
        if (key == null) {
            Wire.answer(context, 201, runtime.open(owner, agent, ThreadKind.JOB, goal));
            return;
        }
        if (key.length() > KEY_CHARS_MAX || !key.matches("[\\x21-\\x7e]+")) {
            throw ServerErrors.badRequest("expected an Idempotency-Key of 1 to " + KEY_CHARS_MAX
                    + " printable ASCII characters without spaces, got another");
        }
        AgentRuntime.Submitted submitted = runtime.submit(owner, agent, goal, key);
        Wire.answer(context, submitted.fresh() ? 201 : 200, submitted.job());
    }

    private void send(Context context) {
        String text = Wire.text(Body.of(context, "message"), "message", TEXT_CHARS_MAX);
        String thread = context.pathParam("id");
        Principal owner = Gatekeeper.principal(context);
        runtime.send(owner, thread, text);
        Wire.answer(context, 202, runtime.thread(owner, thread));
    }

    private void fork(Context context) {
        JsonNode body = Body.of(context, "step", "message", "last");
        JsonNode step = body.path("step");
        if (!step.isMissingNode() && !step.isNull() && !(step.canConvertToLong() && step.isIntegralNumber())) {
            throw ServerErrors.badRequest("expected step to be a whole number, got another value");
        }
        AgentRuntime.ForkWish wish = new AgentRuntime.ForkWish(
                step.isIntegralNumber() ? step.longValue() : null, given(body, "message"), given(body, "last"));
        Wire.answer(context, 201, runtime.fork(Gatekeeper.principal(context), context.pathParam("id"), wish));
    }

    private void erase(Context context) {
        PlainRequest.requireOnly(context, List.of("forks"));
        String said = context.queryParam("forks");
        AgentRuntime.ForkFate forks = switch (said == null ? "refuse" : said) {
            case "refuse" -> AgentRuntime.ForkFate.REFUSE;
            case "keep" -> AgentRuntime.ForkFate.KEEP;
            case "erase" -> AgentRuntime.ForkFate.ERASE;
            default -> throw ServerErrors.badRequest("expected forks to be refuse, keep or erase, got another");
        };
        Wire.answer(context, 200, runtime.erase(Gatekeeper.principal(context), context.pathParam("id"), forks));
    }

    private static @Nullable String given(JsonNode body, String field) {
        return body.hasNonNull(field) ? Wire.text(body, field, TEXT_CHARS_MAX) : null;
    }

    private void cancel(Context context) {
        Body.orEmpty(context);
        String thread = context.pathParam("id");
        Principal owner = Gatekeeper.principal(context);
        runtime.cancel(owner, thread);
        Wire.answer(context, 202, runtime.thread(owner, thread));
    }

    /** The named agent, or, when none is named, the first there is. */
    static String agent(AgentRuntime runtime, String named) {
        List<String> known =
                runtime.agents().stream().map(AgentRuntime.AgentView::name).toList();
        if (named.isEmpty() && !known.isEmpty()) {
            return known.get(0);
        }
        if (!known.contains(named)) {
            throw new CountersignException(
                    ServerErrors.UNKNOWN_AGENT, "expected an agent out of " + known + ", got another name");
        }
        return named;
    }
}
