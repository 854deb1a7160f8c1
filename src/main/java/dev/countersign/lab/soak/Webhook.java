package dev.countersign.lab.soak;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestKind;

/** A webhook in Permit's form, which names no request. */
final class Webhook {
    private Webhook() {}

    static ObjectNode of(PermitRequest request, String status) {
        boolean access = request.kind() == RequestKind.ACCESS;
        ObjectNode details = Json.object().put("tenant", "default").put("resource", "plots");
        details.put("resource_instance", request.resourceInstance());
        ObjectNode body = Json.object().put("requesting_user_id", request.requester());
        body.set(access ? "access_request_details" : "operation_approval_details", details);
        return body.put("reason", request.reason())
                .put("status", status)
                .put("reviewer_user_id", request.reviewer())
                .putNull("reviewer_comment");
    }
}
