package dev.countersign.graph;

import dev.countersign.approval.Approval;
import dev.countersign.approval.ApprovalState;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Principal;
import dev.countersign.thread.EventKind;
import java.time.Duration;
import java.util.Optional;

/** What people do with one approval from outside of its conversation: withdraw it, or give it more time. */
final class ApprovalDesk {
    private static final ErrorCode NO_APPROVAL = new ErrorCode("CS-605", ErrorCode.Kind.NOT_FOUND);

    private final Ports ports;

    ApprovalDesk(Ports ports) {
        this.ports = ports;
    }

    /**
     * Accepts a withdrawal as an event of the thread, so that what the thread has accepted before comes first: a decision that
     * was faster is applied, and the withdrawal then finds nothing to do. One that is decided already stays as it is, unless its
     * conversation is held because it was given for another call: then it is given back.
     */
    Approval withdraw(Principal requester, String id) {
        Approval approval = find(id).filter(found -> found.requester().equals(requester.user()))
                .orElseThrow(() -> notFound(id));
        if (approval.state().isOpen()) {
            ports.threads().accept(approval.threadId(), EventKind.CANCEL, approval.id());
        } else if (approval.state() == ApprovalState.APPROVED && isHeld(approval)) {
            ports.database().useTransaction(tx -> {
                var unused = ports.threads().append(tx, approval.threadId(), EventKind.CANCEL, approval.id());
                ports.upkeep().deadlines().giveUp(tx, approval.id());
            });
            ports.database().barrier();
        }
        return approval;
    }

    private boolean isHeld(Approval approval) {
        return ports.threads()
                .find(approval.threadId())
                .flatMap(new Holding(ports)::words)
                .isPresent();
    }

    Approval extend(String requestId, Duration by, Principal reviewer) {
        Approval approval = ports.approvals().byRequest(requestId).orElseThrow(() -> notFound(requestId));
        return ports.upkeep().deadlines().extend(approval, by, reviewer.user());
    }

    /** By our id or Permit's. */
    private Optional<Approval> find(String id) {
        return ports.approvals().find(id).or(() -> ports.approvals().byRequest(id));
    }

    private static CountersignException notFound(String id) {
        return new CountersignException(
                NO_APPROVAL, "there is no request " + id + " of yours; 'countersign approvals' lists them");
    }
}
