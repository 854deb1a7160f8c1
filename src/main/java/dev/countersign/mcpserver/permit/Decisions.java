package dev.countersign.mcpserver.permit;

import dev.countersign.mcpserver.ToolCall;
import dev.countersign.mcpserver.ToolRefusal;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitException;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestStatus;
import java.util.Optional;

/**
 * Approves, denies or withdraws. When Permit refuses, or its answer is lost, the request is read again and what it says is
 * reported: the same decision by the same step counts as done, another one as decided already.
 */
final class Decisions {
    private static final int CONFLICT = 409;

    private final Permit permit;
    private final Wording wording;

    Decisions(Permit permit, Wording wording) {
        this.permit = permit;
        this.wording = wording;
    }

    /** The call to Permit that decides the request with this id. */
    @FunctionalInterface
    interface Step {
        PermitRequest on(String id);
    }

    PermitRequest settle(ToolCall call, RequestStatus wanted, Step step) {
        String id = call.arguments().text(wording.id());
        try {
            return step.on(id);
        } catch (PermitException failure) {
            return asItStands(id, call.user(), wanted, failure);
        }
    }

    private PermitRequest asItStands(String id, String user, RequestStatus wanted, PermitException failure) {
        if (failure.status() == 0 && !failure.outcomeUnknown()) {
            throw failure;
        }
        PermitRequest now = read(id, user).orElseThrow(() -> failure);
        // Only a conflict or a lost answer may have been our own earlier success; a refusal never was.
        boolean mayBeOurs = failure.outcomeUnknown() || failure.status() == CONFLICT;
        if (mayBeOurs && now.status() == wanted) {
            return now;
        }
        if (now.status() != RequestStatus.PENDING) {
            throw new ToolRefusal(
                    "already_decided",
                    "This " + wording.words() + " is " + RequestView.word(now.status())
                            + " already, which is final. Nothing was changed.");
        }
        throw failure;
    }

    private Optional<PermitRequest> read(String id, String user) {
        try {
            return Optional.of(permit.get(wording.kind(), id, user));
        } catch (PermitException e) {
            return Optional.empty();
        }
    }
}
