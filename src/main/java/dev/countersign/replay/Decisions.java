package dev.countersign.replay;

import dev.countersign.approval.Approval;
import dev.countersign.approval.ApprovalState;
import dev.countersign.approval.ApprovalStore;
import dev.countersign.approval.Lifecycle;
import dev.countersign.graph.Ports;
import java.util.Optional;

/** Brings the approvals of a throw-away store to where the record has them. Used by one thread. */
final class Decisions {
    private final Recording recording;
    private final Ports ports;

    Decisions(Recording recording, Ports ports) {
        this.recording = recording;
        this.ports = ports;
    }

    /** Moves an approval to where its decision brought it; nothing when it is there already, or was not asked for. */
    void decide(String approvalId) {
        asked(approvalId).ifPresent(asked -> move(asked, ApprovalState.valueOf(asked.state())));
    }

    /** Moves an approval to the state that it stood in after it was withdrawn. */
    void withdrawn(String approvalId, String state) {
        asked(approvalId).ifPresent(asked -> move(asked, ApprovalState.valueOf(state)));
    }

    private Optional<Recording.Asked> asked(String approvalId) {
        return recording.approvals().stream()
                .filter(asked -> asked.id().equals(approvalId))
                .findFirst();
    }

    /** Whether it waits in the throw-away store. */
    boolean isPending(String approvalId) {
        return ports.approvals()
                .find(approvalId)
                .filter(approval -> approval.state() == ApprovalState.PENDING)
                .isPresent();
    }

    private void move(Recording.Asked asked, ApprovalState to) {
        Lifecycle.Move move = switch (to) {
            case APPROVED, SPENT -> Lifecycle.Move.APPROVE;
            case DENIED -> Lifecycle.Move.DENY;
            case CANCELED -> Lifecycle.Move.WITHDRAW;
            case EXPIRED -> Lifecycle.Move.EXPIRE;
            case FILING, PENDING, FAILED -> null;
        };
        if (move != null) {
            move(asked.id(), move, new ApprovalStore.Facts(null, asked.reviewer(), asked.comment(), asked.decidedAt()));
        }
    }

    /** Moves an approval that waits; nothing when none does. */
    void move(String approvalId, Lifecycle.Move move, ApprovalStore.Facts facts) {
        Optional<Approval> approval =
                ports.approvals().find(approvalId).filter(seen -> seen.state() == ApprovalState.PENDING);
        approval.ifPresent(waiting ->
                ports.database().useTransaction(tx -> ports.approvals().move(tx, waiting, move, facts)));
    }
}
