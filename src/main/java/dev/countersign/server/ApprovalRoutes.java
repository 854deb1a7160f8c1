package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.config.Durations;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitException;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.PermitUser;
import dev.countersign.permit.RequestFilter;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Approvals over REST. Permit says what a login may review, and a decision is made there, in the reviewer's name; this room
 * decides nothing. Nobody decides on an own request: Permit says so, and it is checked here too.
 */
final class ApprovalRoutes {
    private static final int COMMENT_CHARS_MAX = 2000;
    private static final int MINE_MAX = 200;
    private static final int DURATION_CHARS_MAX = 20;

    private final AgentRuntime runtime;
    private final Permit permit;

    ApprovalRoutes(AgentRuntime runtime, Permit permit) {
        this.runtime = runtime;
        this.permit = permit;
    }

    void on(RoutesConfig routes) {
        routes.get("/api/approvals/review", this::toReview);
        routes.get("/api/approvals/mine", this::mine);
        routes.post("/api/approvals/{id}/approve", context -> decide(context, permit::approve));
        routes.post("/api/approvals/{id}/deny", context -> decide(context, permit::deny));
        routes.post("/api/approvals/{id}/extension", this::extend);
        routes.post("/api/approvals/{id}/cancel", this::cancel);
    }

    private void toReview(Context context) {
        PermitUser reviewer = asPermitKnows(Gatekeeper.principal(context));
        List<PermitRequest> pending = new ArrayList<>();
        for (RequestKind kind : RequestKind.values()) {
            for (PermitRequest request : permit.list(kind, reviewer.key(), RequestFilter.in(RequestStatus.PENDING))
                    .data()) {
                if (!isOwn(request, reviewer)) {
                    pending.add(request);
                }
            }
        }
        pending.sort(Comparator.comparing(PermitRequest::createdAt));
        ReviewItem.Names names = new ReviewItem.Names(permit);
        List<ReviewItem> items = pending.stream()
                .map(request -> ReviewItem.of(request, runtime.approvalByRequest(request.id()), names))
                .toList();
        Wire.answer(context, 200, Map.of("approvals", items));
    }

    private void mine(Context context) {
        List<AgentRuntime.ApprovalView> found = runtime.approvalsOf(Gatekeeper.principal(context), MINE_MAX);
        Wire.answer(context, 200, Map.of("approvals", found));
    }

    private void decide(Context context, Decision decision) {
        String id = context.pathParam("id");
        JsonNode body = Body.orEmpty(context, "comment");
        String comment = Wire.optionalText(body, "comment", COMMENT_CHARS_MAX);
        PermitUser reviewer = asPermitKnows(Gatekeeper.principal(context));
        PermitRequest request = find(id, reviewer);
        if (isOwn(request, reviewer)) {
            throw new CountersignException(
                    ServerErrors.OWN_REQUEST, "nobody decides on an own request; another reviewer has to");
        }
        PermitRequest decided = decision.make(request.kind(), id, reviewer.key(), comment.isEmpty() ? null : comment);
        runtime.wake(decided.id());
        Wire.answer(
                context,
                200,
                Map.of(
                        "id", decided.id(),
                        "kind", decided.kind().name().toLowerCase(Locale.ROOT),
                        "status", decided.status().name().toLowerCase(Locale.ROOT)));
    }

    /** Whoever may decide on a request may give it more time: Permit shows it to them, and it is not their own. */
    private void extend(Context context) {
        String id = context.pathParam("id");
        String by = Wire.text(Body.of(context, "by"), "by", DURATION_CHARS_MAX);
        Duration time = Durations.parse(by)
                .orElseThrow(() -> ServerErrors.badRequest("expected 'by' to be a time such as 12h or 2d"));
        Principal principal = Gatekeeper.principal(context);
        PermitUser reviewer = asPermitKnows(principal);
        PermitRequest request = find(id, reviewer);
        if (isOwn(request, reviewer)) {
            throw new CountersignException(
                    ServerErrors.OWN_REQUEST, "nobody extends an own request; another reviewer has to");
        }
        if (request.status() != RequestStatus.PENDING) {
            throw new CountersignException(
                    ServerErrors.DECIDED, "the request is decided already; there is nothing to extend");
        }
        Wire.answer(context, 200, runtime.extend(principal, request.id(), time));
    }

    private void cancel(Context context) {
        Body.orEmpty(context);
        Wire.answer(context, 202, runtime.withdraw(Gatekeeper.principal(context), context.pathParam("id")));
    }

    /** Reads the request as the reviewer, of either kind: ids do not tell theirs. */
    private PermitRequest find(String id, PermitUser reviewer) {
        for (RequestKind kind : RequestKind.values()) {
            try {
                return permit.get(kind, id, reviewer.key());
            } catch (PermitException e) {
                if (e.status() != 404) {
                    throw e;
                }
            }
        }
        throw new CountersignException(
                ServerErrors.UNKNOWN_REQUEST, "there is no request with this id that you may see");
    }

    /** Compared by Permit's id and key: a reviewer whom Permit does not know cannot be told apart from the requester. */
    private PermitUser asPermitKnows(Principal principal) {
        return permit.user(principal.user())
                .orElseThrow(() -> new CountersignException(
                        ServerErrors.UNKNOWN_REVIEWER, "Permit does not know the user '" + principal.user() + "'"));
    }

    private static boolean isOwn(PermitRequest request, PermitUser user) {
        return request.requester().equals(user.id()) || request.requester().equals(user.key());
    }

    /** Approve or deny, at Permit. */
    @FunctionalInterface
    private interface Decision {
        PermitRequest make(RequestKind kind, String id, String reviewer, @Nullable String comment);
    }
}
