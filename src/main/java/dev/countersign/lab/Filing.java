package dev.countersign.lab;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestDraft;
import dev.countersign.permit.RequestKind;
import dev.countersign.tool.ToolInvocation;
import dev.countersign.tool.ToolOutcome;

/** What {@code create_operation_approval} does in a measurement: files at Permit at once, and answers as the real tool does. */
public final class Filing {
    private Filing() {}

    /** Files what the call asks for, in its user's name. */
    public static ToolOutcome operation(Permit permit, ToolInvocation invocation) {
        JsonNode arguments = Json.read(invocation.arguments());
        PermitRequest filed = permit.file(new RequestDraft(
                RequestKind.OPERATION,
                invocation.user().user(),
                arguments.path("resource_instance").asText(),
                null,
                arguments.path("operation").asText(),
                arguments.path("reason").asText(),
                invocation.reference()));
        return new ToolOutcome.Succeeded(Json.write(Json.object()
                .put("status", "created")
                .set("operation_approval", Json.object().put("id", filed.id()))));
    }
}
