package dev.countersign.mcpserver.permit;

import dev.countersign.mcpserver.Field;
import dev.countersign.mcpserver.ToolCall;
import dev.countersign.mcpserver.ToolRefusal;
import dev.countersign.permit.Page;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitException;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestDraft;
import dev.countersign.permit.RequestFilter;
import dev.countersign.permit.ResourceInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Files a request as its user. With the host's reference it is filed once: a request that carries the reference already is
 * the answer, before filing and again when Permit's answer to the filing was lost.
 */
final class Filing {
    private static final int REASON_CHARS_MAX = 4_000;
    private static final int OPERATION_CHARS_MAX = 200;
    private static final int PAGES_MAX = 20;

    private final Permit permit;
    private final Wording wording;

    Filing(Permit permit, Wording wording) {
        this.permit = permit;
        this.wording = wording;
    }

    String description() {
        return wording == Wording.ACCESS
                ? "Asks the reviewers for a role on a resource instance, for the acting user. It is only a request: nothing"
                        + " is allowed until a reviewer approves it."
                : "Asks the reviewers for one use of one operation on a resource instance, for the acting user. It is only"
                        + " a request: nothing is allowed until a reviewer approves it, and then once.";
    }

    List<Field> fields() {
        List<Field> fields = new ArrayList<>();
        fields.add(
                Field.key("resource_instance", "Key of the resource instance, as list_resource_instances shows it."));
        fields.add(
                wording == Wording.ACCESS
                        ? Field.key("role", "Key of the role that is asked for.")
                        : Field.line(
                                "operation",
                                OPERATION_CHARS_MAX,
                                "The one operation, as the refusal of the call named it."));
        fields.add(Field.text(
                "reason", REASON_CHARS_MAX, "Why, in the user's own words. Ask the user; never invent one."));
        return fields;
    }

    PermitRequest file(ToolCall call) {
        RequestDraft draft = draft(call);
        Optional<PermitRequest> filed = found(draft);
        if (filed.isPresent()) {
            return filed.get();
        }
        try {
            return permit.file(draft);
        } catch (PermitException e) {
            if (!e.outcomeUnknown()) {
                throw e;
            }
            return found(draft).orElseThrow(() -> e);
        }
    }

    private RequestDraft draft(ToolCall call) {
        String given = call.arguments().text("resource_instance");
        ResourceInstance instance = permit.instance(given)
                .orElseThrow(() -> new ToolRefusal(
                        "unknown_resource_instance",
                        "There is no resource instance with this key. Look it up with list_resource_instances and use the"
                                + " key, not the name."));
        return new RequestDraft(
                wording.kind(),
                call.user(),
                instance.key(),
                call.arguments().optional("role").orElse(null),
                call.arguments().optional("operation").orElse(null),
                call.arguments().text("reason"),
                call.reference());
    }

    private Optional<PermitRequest> found(RequestDraft draft) {
        if (draft.reference() == null) {
            return Optional.empty();
        }
        for (int number = 1; number <= PAGES_MAX; number++) {
            Page<PermitRequest> page = permit.list(
                    wording.kind(),
                    draft.user(),
                    new RequestFilter(null, draft.role(), draft.resourceInstance(), number, 100));
            for (PermitRequest request : page.data()) {
                if (draft.reference().equals(request.reference()) && isTheirs(request, draft.user())) {
                    return Optional.of(request);
                }
            }
            if (number >= page.pageCount()) {
                break;
            }
        }
        return Optional.empty();
    }

    // A reviewer also sees what others filed; somebody else's request is never the answer to this user's filing.
    private boolean isTheirs(PermitRequest request, String user) {
        return new Names(permit).isUser(request.requester(), user);
    }
}
