package dev.countersign.approval;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.db.Database;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitException;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.PermitUser;
import dev.countersign.permit.RequestStatus;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.ThreadStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns decisions by asking Permit. A decision counts only as read back by id with our own credentials (promise 5), only on
 * the request it names (promise 6), and reaches its thread as one event, written in the transaction that moves the approval.
 * Asking gets rarer with a request's age. Unreachable Permit changes nothing. Safe for use by many threads and processes.
 */
public final class Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);
    private static final int BATCH = 50;
    private static final int AGE_PER_WAIT = 20;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final Permit permit;
    private final Database database;
    private final ApprovalStore approvals;
    private final ThreadStore threads;
    private final Clock clock;
    private final Duration shortestWait;

    /**
     * A watcher.
     *
     * @param shortestWait how often one young request is asked for at most
     */
    public Watcher(Permit permit, Database database, Stores stores, Clock clock, Duration shortestWait) {
        this.permit = permit;
        this.database = database;
        this.approvals = stores.approvals();
        this.threads = stores.threads();
        this.clock = clock;
        this.shortestWait = shortestWait;
    }

    /** The two stores a decision is written to. */
    public record Stores(ApprovalStore approvals, ThreadStore threads) {}

    /** Checks a batch of due approvals; {@code moved} hears the thread of each that was decided. */
    public void check(Consumer<String> moved) {
        for (String id : approvals.toCheck(BATCH)) {
            try {
                approvals.find(id).filter(this::check).ifPresent(approval -> moved.accept(approval.threadId()));
            } catch (CountersignException e) {
                // One that cannot be read (its thread was erased, its row damaged) must not hold up the others.
                LOG.atError().addKeyValue("approval", id).log("an approval could not be checked: {}", e.getMessage());
                approvals.checkAgain(id, clock.instant().plus(LONGEST_WAIT));
            }
        }
    }

    private boolean check(Approval approval) {
        try {
            return asked(approval);
        } catch (PermitException e) {
            LOG.atWarn()
                    .addKeyValue("approval", approval.id())
                    .addKeyValue("thread", approval.threadId())
                    .log("Permit did not tell about a request; asking again later: {}", e.getMessage());
            if (isLate(approval) && knowsNothing(e)) {
                return apply(approval, Lifecycle.Move.EXPIRE, ApprovalStore.Facts.NONE);
            }
            approvals.checkAgain(approval.id(), clock.instant().plus(wait(approval)));
            return false;
        }
    }

    private boolean isLate(Approval approval) {
        return !clock.instant().isBefore(approval.deadline());
    }

    /** Permit answered that there is no such request, so nobody can have approved it; no answer would not say so. */
    private static boolean knowsNothing(PermitException answer) {
        return answer.code().kind() == ErrorCode.Kind.INVALID || answer.status() == 404;
    }

    private boolean asked(Approval approval) {
        String requestId = approval.requestId();
        if (requestId == null) {
            return false;
        }
        PermitRequest request = permit.get(approval.kind(), requestId, approval.requester());
        boolean late = isLate(approval);
        if (late && !isTheSame(approval, request)) {
            return apply(approval, Lifecycle.Move.EXPIRE, ApprovalStore.Facts.NONE);
        }
        if (request.status() == RequestStatus.PENDING && late) {
            request = withdraw(approval, requestId);
        }
        Optional<Lifecycle.Move> move = verdict(approval, request, late);
        if (move.isEmpty()) {
            approvals.checkAgain(approval.id(), clock.instant().plus(wait(approval)));
            return false;
        }
        return apply(approval, move.get(), facts(approval, request));
    }

    /** Cancels as the requester; whatever Permit says of it afterwards is what counts, also a decision that was faster. */
    private PermitRequest withdraw(Approval approval, String requestId) {
        try {
            return permit.cancel(approval.kind(), requestId, approval.requester());
        } catch (PermitException e) {
            return permit.get(approval.kind(), requestId, approval.requester());
        }
    }

    /**
     * Withdraws a pending approval as its requester and applies what Permit then says of it.
     *
     * @return the approval as it stands afterwards: pending still, when Permit does not answer
     */
    public Approval cancel(Approval approval) {
        String requestId = approval.requestId();
        if (approval.state() == ApprovalState.PENDING && requestId != null) {
            try {
                withdrawn(approval, requestId);
            } catch (PermitException e) {
                LOG.atWarn()
                        .addKeyValue("approval", approval.id())
                        .addKeyValue("thread", approval.threadId())
                        .log("a request could not be withdrawn: {}", e.getMessage());
            }
        }
        return approvals.find(approval.id()).orElse(approval);
    }

    private void withdrawn(Approval approval, String requestId) {
        PermitRequest request = withdraw(approval, requestId);
        Optional<Lifecycle.Move> move = verdict(approval, request, false);
        if (move.isPresent()) {
            ApprovalStore.Facts facts = facts(approval, request);
            database.useTransaction(tx -> approvals.move(tx, approval, move.get(), facts));
        }
    }

    private Optional<Lifecycle.Move> verdict(Approval approval, PermitRequest request, boolean late) {
        if (request.status() == RequestStatus.PENDING) {
            return Optional.empty();
        }
        if (!isTheSame(approval, request)) {
            LOG.atError()
                    .addKeyValue("approval", approval.id())
                    .addKeyValue("request", String.valueOf(approval.requestId()))
                    .log("Permit's answer is about another request, requester or instance; it does not count");
            return Optional.empty();
        }
        return switch (request.status()) {
            case PENDING -> Optional.empty();
            case APPROVED ->
                Optional.of(
                        request.requester().equals(request.reviewer()) ? Lifecycle.Move.DENY : Lifecycle.Move.APPROVE);
            case DENIED -> Optional.of(Lifecycle.Move.DENY);
            case CANCELED -> Optional.of(late ? Lifecycle.Move.EXPIRE : Lifecycle.Move.WITHDRAW);
        };
    }

    /** Promise 14: this requester, this instance, this operation, this very request. */
    private boolean isTheSame(Approval approval, PermitRequest request) {
        String instance = approval.wish().resourceInstance();
        String operation = approval.wish().operation();
        Optional<PermitUser> requester = permit.user(approval.requester());
        return request.kind() == approval.kind()
                && request.id().equals(approval.requestId())
                && (operation == null || operation.equals(request.operation()))
                && (instance == null || sameInstance(instance, request.resourceInstance()))
                && requester.isPresent()
                && requester.get().id().equals(request.requester());
    }

    /** The wish may name the instance by id where Permit's answer has its key. */
    private boolean sameInstance(String asked, @Nullable String answered) {
        return asked.equals(answered)
                || permit.instance(asked)
                        .map(instance -> instance.key().equals(answered))
                        .orElse(false);
    }

    private boolean apply(Approval approval, Lifecycle.Move move, ApprovalStore.Facts facts) {
        EventKind kind = move == Lifecycle.Move.EXPIRE ? EventKind.EXPIRY : EventKind.DECISION;
        boolean won = database.inTransaction(tx -> {
            boolean first = approvals.move(tx, approval, move, facts);
            if (first) {
                threads.append(tx, approval.threadId(), kind, approval.id());
            }
            return first;
        });
        database.barrier();
        return won;
    }

    private ApprovalStore.Facts facts(Approval approval, PermitRequest request) {
        String reviewer = request.reviewer();
        boolean selfMade = request.requester().equals(reviewer) && request.status() == RequestStatus.APPROVED;
        return new ApprovalStore.Facts(
                approval.requestId(),
                reviewer == null ? null : nameOf(reviewer),
                selfMade ? "approved by the requester, which does not count" : request.reviewerComment(),
                request.reviewedAt() == null ? clock.instant() : request.reviewedAt());
    }

    private String nameOf(String userId) {
        try {
            return permit.user(userId).map(PermitUser::key).orElse(userId);
        } catch (CountersignException e) {
            return userId;
        }
    }

    private Duration wait(Approval approval) {
        Instant now = clock.instant();
        Duration byAge = Duration.between(approval.createdAt(), now).dividedBy(AGE_PER_WAIT);
        Duration wait = byAge.compareTo(shortestWait) < 0 ? shortestWait : byAge;
        wait = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
        Duration toDeadline = Duration.between(now, approval.deadline());
        return toDeadline.isNegative() || toDeadline.compareTo(wait) > 0 ? wait : toDeadline;
    }
}
