package dev.countersign.approval;

import dev.countersign.permit.RequestKind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Our record of one request at Permit.
 *
 * @param id ours
 * @param reference rides in the request's reason, so that it is found again after a crash
 * @param version rises with every move; a move names the one it saw
 * @param argumentDigest of tool and arguments: the same wish again has the same
 * @param requestId Permit's id, null before it is known
 * @param reviewer who decided: their key, null before
 * @param withdrawn whether its requester wants it no more
 */
public record Approval(
        String id,
        String threadId,
        String reference,
        ApprovalState state,
        int version,
        String requester,
        String agent,
        String argumentDigest,
        Wish wish,
        @Nullable String requestId,
        @Nullable String reviewer,
        @Nullable String comment,
        Instant createdAt,
        Instant deadline,
        @Nullable Instant decidedAt,
        boolean withdrawn) {
    /** The same after a move. */
    Approval moved(ApprovalState to, ApprovalStore.Facts facts) {
        return new Approval(
                id,
                threadId,
                reference,
                to,
                version + 1,
                requester,
                agent,
                argumentDigest,
                wish,
                facts.requestId() == null ? requestId : facts.requestId(),
                facts.reviewer() == null ? reviewer : facts.reviewer(),
                facts.comment() == null ? comment : facts.comment(),
                createdAt,
                deadline,
                facts.decidedAt() == null ? decidedAt : facts.decidedAt(),
                withdrawn);
    }

    /** Access or operation. */
    public RequestKind kind() {
        return wish.kind();
    }
}
