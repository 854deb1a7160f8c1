package dev.countersign.approval;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.db.Database;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitException;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import dev.countersign.permit.ResourceInstance;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after requests at Permit that nobody waits for: one whose filing seemed to have failed and arrived later, a second one
 * that a node filed after it had lost its lease, one that Permit would not withdraw. They are found by the approval's
 * reference, 1, 10 and 60 minutes after there was reason to look, and then daily for 30 days while one cannot be got rid of. A pending
 * one is withdrawn as its requester; the one-time role of an approved one is taken back. A role that an approved access
 * request granted stays: a person gave it, and taking it back is a person's act; it is logged. Idempotent, and safe on many
 * nodes: a look is taken by a conditional update.
 */
public final class Orphans {
    private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);
    private static final ErrorCode MOVED = new ErrorCode("CS-234", ErrorCode.Kind.CONFLICT);
    private static final String APPROVED_ROLE = "_Approved_";
    private static final List<Duration> SCHEDULE =
            List.of(Duration.ofMinutes(1), Duration.ofMinutes(9), Duration.ofMinutes(50));
    private static final Duration DAILY = Duration.ofDays(1);
    private static final int LOOKS_MAX = SCHEDULE.size() + 30;
    private static final int BATCH = 20;
    /** About: a login, a page, and what is done about one request. */
    private static final int REQUESTS_A_LOOK = 5;

    private static final int RECENT = 200;

    private final Permit permit;
    private final References references;
    private final Database database;
    private final ApprovalStore approvals;
    private final Timers timers;
    private final Watcher watcher;
    private final Clock clock;

    Orphans(Permit permit, Database database, ApprovalStore approvals, Timers timers, Watcher watcher) {
        this.permit = permit;
        this.references = new References(permit);
        this.database = database;
        this.approvals = approvals;
        this.timers = timers;
        this.watcher = watcher;
        this.clock = timers.clock();
    }

    /** There may come to be requests for this approval that nobody waits for; within a transaction that leads there. */
    public void lookAfter(Handle tx, String approvalId) {
        timers.lookAfter(tx, approvalId, SCHEDULE.get(0));
    }

    /**
     * An approved approval is not used, since its requester had withdrawn it: it ends, and its grant is taken back soon. Within
     * a transaction that leads there.
     *
     * @throws CountersignException {@code CS-234} when somebody else moved it: the transaction must not commit
     */
    public void renounce(Handle tx, Approval seen) {
        if (!approvals.move(tx, seen, Lifecycle.Move.RENOUNCE, ApprovalStore.Facts.NONE)) {
            throw new CountersignException(MOVED, "approval " + seen.id() + " was moved by somebody else");
        }
        timers.lookAfter(tx, seen.id(), Duration.ZERO);
    }

    /**
     * A node has filed a request and found that it runs the thread no more: withdraws it, unless the approval stands for that
     * very request, or is being filed by the new owner, who then finds it by its reference. What cannot be withdrawn now is
     * looked after later.
     */
    public void filedInVain(Approval approval, String requestId) {
        database.useTransaction(tx -> lookAfter(tx, approval.id()));
        Optional<Approval> now = approvals.find(approval.id());
        boolean isTheirs = now.isPresent()
                && (requestId.equals(now.get().requestId()) || now.get().state() == ApprovalState.FILING);
        if (!isTheirs) {
            try {
                permit.cancel(approval.kind(), requestId, approval.requester());
            } catch (PermitException e) {
                LOG.atWarn()
                        .addKeyValue("approval", approval.id())
                        .log("a request that was filed in vain could not be withdrawn yet: {}", e.forLog());
            }
        }
    }

    /** Looks where it is due. */
    void look() {
        for (String id : timers.dueToLook(BATCH)) {
            Lookups budget = watcher.closing();
            if (!budget.mayAsk()) {
                return;
            }
            budget.alsoMade(REQUESTS_A_LOOK);
            int looks = timers.looks(id);
            if (!timers.takeLook(id, looks, clock.instant().plus(after(looks)))) {
                continue;
            }
            try {
                boolean done = approvals.find(id).map(this::isTidy).orElse(true);
                boolean last = done ? looks + 1 >= SCHEDULE.size() : looks + 1 >= LOOKS_MAX;
                if (last) {
                    timers.endLooks(id);
                }
            } catch (PermitException e) {
                LOG.atWarn().addKeyValue("approval", id).log("Permit was not looked through: {}", e.forLog());
            } catch (CountersignException e) {
                LOG.atError().addKeyValue("approval", id).log("an approval could not be read: {}", e.forLog());
                timers.endLooks(id);
            }
        }
    }

    private static Duration after(int looks) {
        return looks + 1 < SCHEDULE.size() ? SCHEDULE.get(looks + 1) : DAILY;
    }

    /** Whether nothing is left at Permit that nobody waits for, once this look has done what it can. */
    private boolean isTidy(Approval found) {
        if (found.state() == ApprovalState.FILING) {
            return false;
        }
        Approval approval = found;
        if (found.state() == ApprovalState.APPROVED && found.withdrawn()) {
            database.useTransaction(tx -> approvals.move(tx, found, Lifecycle.Move.RENOUNCE, ApprovalStore.Facts.NONE));
            approval = approvals.find(found.id()).orElseThrow();
        }
        boolean tidy = true;
        for (PermitRequest request : references.all(approval)) {
            if (!isWanted(approval, request)) {
                tidy &= removed(approval, request);
            }
        }
        return tidy;
    }

    private static boolean isWanted(Approval approval, PermitRequest request) {
        boolean waitsForOne = approval.state() != ApprovalState.FAILED
                && approval.state() != ApprovalState.EXPIRED
                && approval.state() != ApprovalState.CANCELED;
        return waitsForOne && request.id().equals(approval.requestId());
    }

    private boolean removed(Approval approval, PermitRequest request) {
        return switch (request.status()) {
            case DENIED, CANCELED -> true;
            case PENDING -> withdrawn(approval, request);
            case APPROVED -> undone(approval, request);
        };
    }

    private boolean withdrawn(Approval approval, PermitRequest request) {
        LOG.atWarn()
                .addKeyValue("approval", approval.id())
                .addKeyValue("request", request.id())
                .log("withdrawing a request that nobody waits for");
        try {
            permit.cancel(request.kind(), request.id(), approval.requester());
            return true;
        } catch (PermitException e) {
            return false;
        }
    }

    /**
     * Takes back what a reviewer granted on a request that nobody waits for. Permit keeps one grant for all approvals of a user
     * on an instance, so it is left alone while another of ours is approved there and not used yet, whether we have read that
     * already or not.
     */
    private boolean undone(Approval approval, PermitRequest request) {
        if (request.kind() == RequestKind.ACCESS) {
            LOG.atWarn()
                    .addKeyValue("approval", approval.id())
                    .addKeyValue("request", request.id())
                    .log("a role was granted that nobody waits for any more; it stays until a person removes it");
            return true;
        }
        String instance = keyOf(approval);
        boolean shared = approvals.ofRequester(approval.requester(), RECENT).stream()
                .anyMatch(other -> other.kind() == RequestKind.OPERATION
                        && keyOf(other).equals(instance)
                        && mayUseTheGrant(other));
        if (shared) {
            return false;
        }
        boolean removed = permit.unassign(approval.requester(), APPROVED_ROLE, instance);
        LOG.atWarn()
                .addKeyValue("approval", approval.id())
                .addKeyValue("request", request.id())
                .log(removed ? "took back a late approval" : "a late approval was used or taken back before");
        // It is done once: a grant that is there later belongs to somebody else's approval.
        timers.endLooks(approval.id());
        return true;
    }

    private boolean mayUseTheGrant(Approval other) {
        if (other.state() != ApprovalState.PENDING || other.requestId() == null) {
            return other.state() == ApprovalState.APPROVED;
        }
        PermitRequest now = permit.get(other.kind(), other.requestId(), other.requester());
        return now.status() == RequestStatus.APPROVED;
    }

    private String keyOf(Approval approval) {
        String asked = String.valueOf(approval.wish().resourceInstance());
        return permit.instance(asked).map(ResourceInstance::key).orElse(asked);
    }
}
