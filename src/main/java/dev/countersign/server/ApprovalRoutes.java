package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.core.Mark;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.graph.AgentRuntime.ToolRisk;
import dev.countersign.graph.Archive;
import dev.countersign.permit.PermitRequest;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Approvals over REST, as their requesters, reviewers and auditors see them. Of somebody else's request a login sees what Permit
 * shows it, asked at that moment; what it may not see does not exist.
 */
final class ApprovalRoutes {
    private static final int LIST_MAX = 200;
    private static final int WORDS_MAX = 6;

    private final AgentRuntime runtime;
    private final ReviewDesk desk;
    private final Auditors auditors;

    ApprovalRoutes(AgentRuntime runtime, ReviewDesk desk, Auditors auditors) {
        this.runtime = runtime;
        this.desk = desk;
        this.auditors = auditors;
    }

    void on(RoutesConfig routes) {
        routes.get("/api/approvals", this::all);
        routes.get("/api/approvals/review", this::toReview);
        routes.get("/api/approvals/mine", this::mine);
        routes.get("/api/approvals/history", this::history);
        routes.get("/api/approvals/{id}", this::show);
    }

    private void all(Context context) {
        Archive.Slice slice = Paging.slice(context, LIST_MAX, LIST_MAX);
        auditors.require(Gatekeeper.principal(context));
        Wire.answer(context, 200, Paging.page("approvals", runtime.archive().approvals(slice)));
    }

    private void toReview(Context context) {
        Archive.Slice slice = Paging.slice(context, LIST_MAX, LIST_MAX);
        List<PermitRequest> waiting = desk.toReview(Gatekeeper.principal(context)).stream()
                .filter(request -> isAfter(request, slice.after()))
                .limit(slice.limit() + 1L)
                .toList();
        boolean more = waiting.size() > slice.limit();
        List<PermitRequest> shown = more ? waiting.subList(0, slice.limit()) : waiting;
        ReviewItem.Names names = new ReviewItem.Names(desk.permit());
        Map<String, ApprovalView> ours = runtime.archive()
                .byRequests(shown.stream().map(PermitRequest::id).toList());
        Risks risks = Risks.of(runtime);
        List<ReviewItem> items = shown.stream()
                .map(request -> ReviewItem.of(request, ours.get(request.id()), risks.of(ours.get(request.id())), names))
                .toList();
        Mark next = more ? mark(shown.get(shown.size() - 1)) : null;
        ObjectNode lasting = Paging.page("approvals", new Archive.Page<>(items, next));
        ObjectNode body = lasting.deepCopy();
        Instant now = runtime.archive().now();
        for (int i = 0; i < shown.size(); i++) {
            ((ObjectNode) body.path("approvals").path(i))
                    .put("waiting_seconds", seconds(shown.get(i).createdAt(), now));
        }
        Tagged.answer(context, lasting, body);
    }

    private static Mark mark(PermitRequest request) {
        return new Mark(request.createdAt().toEpochMilli(), request.id());
    }

    /** This list begins with its oldest. */
    private static boolean isAfter(PermitRequest request, Mark mark) {
        if (mark.equals(Mark.NEWEST)) {
            return true;
        }
        int order = Long.compare(request.createdAt().toEpochMilli(), mark.at());
        return order > 0 || (order == 0 && request.id().compareTo(mark.id()) > 0);
    }

    private void mine(Context context) {
        Archive.Slice slice = Paging.slice(context, LIST_MAX, LIST_MAX, "state");
        String state = Optional.ofNullable(context.queryParam("state")).orElse("all");
        if (!List.of("all", "open").contains(state)) {
            throw ServerErrors.badRequest("expected 'state' to be open or all, got another word");
        }
        Archive.Page<ApprovalView> page =
                runtime.archive().requestedBy(Gatekeeper.principal(context), state.equals("open"), slice);
        Tagged.answer(context, Paging.page("approvals", page));
    }

    /** What one decided. Arguments and words of others are left out: whether one may still see them, Permit says for each. */
    private void history(Context context) {
        Archive.Slice slice = Paging.slice(context, LIST_MAX, LIST_MAX);
        Archive.Page<ApprovalView> page = runtime.archive().decidedBy(Gatekeeper.principal(context), slice);
        List<Past> past = page.items().stream().map(Past::of).toList();
        Wire.answer(context, 200, Paging.page("approvals", new Archive.Page<>(past, page.next())));
    }

    private void show(Context context) {
        PlainRequest.requireOnly(context, List.of());
        String id = context.pathParam("id");
        Principal asking = Gatekeeper.principal(context);
        Optional<ApprovalView> ours = runtime.archive().approval(id);
        boolean own = ours.filter(approval -> approval.requester().equals(asking.user()))
                .isPresent();
        if (!own) {
            String atPermit = ours.map(ApprovalView::requestId).orElse(ours.isPresent() ? "" : id);
            Optional<PermitRequest> shown = atPermit.isEmpty() ? Optional.empty() : desk.shown(asking, atPermit);
            if (shown.isPresent() && ours.isEmpty()) {
                answer(context, ReviewItem.foreign(shown.get(), new ReviewItem.Names(desk.permit())));
                return;
            }
            if (shown.isEmpty() && !(ours.isPresent() && auditors.has(asking))) {
                throw ReviewDesk.unknown();
            }
        }
        answer(context, detail(ours.orElseThrow(ReviewDesk::unknown)));
    }

    /** All that is needed to decide. */
    private ObjectNode detail(ApprovalView approval) {
        ObjectNode body = Json.object();
        body.set("approval", Wire.tree(approval));
        body.put("resource_name", new ReviewItem.Names(desk.permit()).instance(approval.resourceInstance()));
        Optional<ToolRisk> risk = Risks.of(runtime).of(approval);
        body.put("risk", risk.map(ToolRisk::risk).orElse(null));
        body.put("risk_note", risk.map(ToolRisk::note).orElse(null));
        ArrayNode words = body.putArray("conversation");
        runtime.archive()
                .before(approval, WORDS_MAX)
                .forEach(entry ->
                        words.add(Wire.tree(Map.of("role", entry.role(), "text", entry.text(), "at", entry.at()))));
        Instant decided = approval.decidedAt();
        Instant until = decided == null ? runtime.archive().now() : decided;
        return body.put("waiting_seconds", seconds(approval.createdAt(), until));
    }

    private static void answer(Context context, JsonNode body) {
        ObjectNode lasting = body.deepCopy();
        lasting.remove("waiting_seconds");
        Tagged.answer(context, lasting, body);
    }

    private static long seconds(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toSeconds());
    }

    /** A decision of the past. */
    private record Past(
            String id,
            @Nullable String requestId,
            String kind,
            String state,
            String requester,
            String agent,
            String tool,
            @Nullable String comment,
            Instant createdAt,
            @Nullable Instant decidedAt) {
        static Past of(ApprovalView approval) {
            return new Past(
                    approval.id(),
                    approval.requestId(),
                    approval.kind(),
                    approval.state(),
                    approval.requester(),
                    approval.agent(),
                    approval.tool(),
                    approval.comment(),
                    approval.createdAt(),
                    approval.decidedAt());
        }
    }
}
