package dev.countersign.approval;

import dev.countersign.permit.PermitException;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestStatus;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one try at closing a pending approval: withdraws it as its requester and applies what Permit then says. */
final class Closer {
    private static final Logger LOG = LoggerFactory.getLogger(Closer.class);

    /** What became of a try. */
    enum Closed {
        /** It is decided, withdrawn or unknown at Permit, and so it is here. */
        MOVED,
        /** Permit refused to withdraw it and calls it pending. */
        STILL_PENDING,
        /** Permit did not tell. */
        UNANSWERED
    }

    private final Watcher watcher;

    Closer(Watcher watcher) {
        this.watcher = watcher;
    }

    /** Whether Permit may be asked now. */
    boolean mayTry() {
        return watcher.closing().mayAsk();
    }

    /**
     * One try.
     *
     * @param end what a withdrawn one becomes: expired or canceled
     */
    Closed close(Approval approval, Lifecycle.Move end) {
        try {
            return tried(approval, end, watcher.closing());
        } catch (PermitException e) {
            if (Watcher.knowsNothing(e)) {
                // Permit has no such request, so nobody can have approved it; no answer would not say so.
                watcher.apply(approval, end, ApprovalStore.Facts.NONE);
                return Closed.MOVED;
            }
            LOG.atWarn()
                    .addKeyValue("approval", approval.id())
                    .addKeyValue("thread", approval.threadId())
                    .log("a request could not be withdrawn; trying again later: {}", e.forLog());
            return Closed.UNANSWERED;
        }
    }

    private Closed tried(Approval approval, Lifecycle.Move end, Lookups lookups) {
        String requestId = String.valueOf(approval.requestId());
        PermitRequest request = lookups.get(approval.kind(), requestId, approval.requester());
        if (!Watcher.isTheSame(approval, request, lookups)) {
            // Whoever's request that is, it is not this one's to withdraw, and its decision does not count here.
            watcher.apply(approval, end, ApprovalStore.Facts.NONE);
            return Closed.MOVED;
        }
        if (request.status() == RequestStatus.PENDING) {
            request = withdrawn(approval, requestId, lookups);
        }
        Optional<Lifecycle.Move> move = watcher.verdict(approval, request, end == Lifecycle.Move.EXPIRE, lookups);
        if (move.isEmpty()) {
            return Closed.STILL_PENDING;
        }
        watcher.apply(approval, move.get(), watcher.facts(approval, request, lookups));
        return Closed.MOVED;
    }

    /** What Permit says after the try, also a decision that was faster; pending is an answer only where it was refused. */
    private static PermitRequest withdrawn(Approval approval, String requestId, Lookups lookups) {
        try {
            return lookups.cancel(approval.kind(), requestId, approval.requester());
        } catch (PermitException e) {
            PermitRequest request = lookups.get(approval.kind(), requestId, approval.requester());
            boolean refused = !e.outcomeUnknown() && e.status() >= 400 && e.status() < 500 && e.status() != 429;
            if (request.status() == RequestStatus.PENDING && !refused) {
                throw e;
            }
            return request;
        }
    }

    /** Ends a pending approval on our own word; false when somebody else was faster. */
    boolean giveUp(Approval approval, Lifecycle.Move end) {
        return watcher.apply(approval, end, ApprovalStore.Facts.NONE);
    }
}
