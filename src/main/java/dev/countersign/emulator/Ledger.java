package dev.countersign.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import java.util.List;

/** The audit trail, and the outbox of webhooks that leave after the commit. */
final class Ledger {
    private static final String RECORD =
            "INSERT INTO audit (at, actor, act, subject) VALUES (:now, :actor, :act, :subject)";
    private static final String TRAIL =
            "SELECT at, actor, act, subject FROM audit ORDER BY seq DESC LIMIT :limit OFFSET :offset";
    private static final String POST = """
            INSERT INTO outbox (element_id, request_id, body, posted_at, attempts, state, outcome)
            VALUES (:element, :request, :body, :now, 0, 'waiting', '')
            """;

    private final Tx tx;

    Ledger(Tx tx) {
        this.tx = tx;
    }

    void record(String actor, String act, String subject) {
        tx.handle()
                .createUpdate(RECORD)
                .bind("now", tx.now())
                .bind("actor", actor)
                .bind("act", act)
                .bind("subject", subject.length() > 800 ? subject.substring(0, 800) : subject)
                .execute();
    }

    /** Newest first. */
    List<ObjectNode> trail(Paging paging) {
        return tx.handle()
                .createQuery(TRAIL)
                .bind("limit", paging.perPage())
                .bind("offset", paging.offset())
                .map((row, context) -> Json.object()
                        .put("at", Scope.date(row.getLong("at")))
                        .put("actor", row.getString("actor"))
                        .put("act", row.getString("act"))
                        .put("subject", row.getString("subject")))
                .list();
    }

    /** Leaves a webhook for the sender; where it goes is looked up when it is sent. */
    void post(RequestRow request) {
        tx.handle()
                .createUpdate(POST)
                .bind("element", request.elementId())
                .bind("request", request.id())
                .bind("body", payload(request).toString())
                .bind("now", tx.now())
                .execute();
    }

    private ObjectNode payload(RequestRow request) {
        ObjectNode details = Json.object();
        Views.putReference(details, "tenant", request.tenantId());
        Views.putReference(details, "resource", request.resourceId());
        Views.putReference(details, "resource_instance", request.instanceId());
        boolean access = request.kind() == RequestKind.ACCESS_REQUEST;
        if (access) {
            details.put("action", tx.lookup().roleKey(request.roleId()));
        }
        ObjectNode body = Json.object();
        body.put("requesting_user_id", request.requesterId());
        body.set(access ? "access_request_details" : "operation_approval_details", details);
        body.put("reason", request.reason());
        body.put("status", request.status());
        Views.putReference(body, "reviewer_user_id", request.reviewerId());
        body.put("reviewer_comment", request.comment());
        return body;
    }
}
