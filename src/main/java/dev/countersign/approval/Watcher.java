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
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns decisions by asking Permit. A decision counts only as read back by id with our own credentials (promise 5), only on
 * the request it names (promise 6), and reaches its thread as one event, written in the transaction that moves the approval.
 * Asking gets rarer with a request's age, is done for many at a time ({@link DueReader}), and never exceeds its budget of
 * requests ({@link CallBudget}). Unreachable Permit changes nothing. Safe for use by many threads and processes.
 */
public final class Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);
    private static final int AGE_PER_WAIT = 20;
    /** Nobody changes a pending row that often while one withdrawal is written down. */
    private static final int MOVES_MAX = 5;

    static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final Permit permit;
    private final Database database;
    private final ApprovalStore approvals;
    private final ThreadStore threads;
    private final Clock clock;
    private final Duration shortestWait;
    private final CallBudget budget;
    private final Knocks knocks;
    private final DueReader reader;
    private final ReentrantLock looking = new ReentrantLock();

    /** A watcher. */
    public Watcher(Permit permit, Database database, Stores stores, Clock clock, Pace pace) {
        this.permit = permit;
        this.database = database;
        this.approvals = stores.approvals();
        this.threads = stores.threads();
        this.clock = clock;
        this.shortestWait = pace.shortestWait();
        this.budget = new CallBudget(pace.callsPerMinute(), clock);
        this.knocks = new Knocks(clock);
        this.reader = new DueReader(stores.approvals(), new DueApprovals(database, clock), new ReadBack(), clock);
    }

    /**
     * How often Permit is asked.
     *
     * @param shortestWait how often one young request is asked for at most
     * @param callsPerMinute requests in a minute, at least 60, over everything the watcher asks for
     */
    public record Pace(Duration shortestWait, int callsPerMinute) {
        /** Without a limit on requests: for an emulator of one's own. */
        public static Pace unlimited(Duration shortestWait) {
            return new Pace(shortestWait, Integer.MAX_VALUE);
        }
    }

    /** The two stores a decision is written to. */
    public record Stores(ApprovalStore approvals, ThreadStore threads) {}

    /**
     * Checks due approvals, as many as the budget allows; {@code moved} hears the thread of each that was decided. Whoever is
     * woken meanwhile is looked at in between.
     */
    public void check(Consumer<String> moved) {
        looking.lock();
        try {
            reader.poll(new Lookups(permit, budget, CallBudget.Lane.POLLED), moved, () -> {
                if (knocks.hasFresh()) {
                    answer(moved);
                }
            });
        } finally {
            looking.unlock();
        }
    }

    /** Somebody says that this request at Permit was decided; it is looked at by the next {@link #answer}. */
    public void wakeRequest(String requestId) {
        knocks.add(new Knocks.Knock(true, requestId));
    }

    /** Somebody says that something of this requester, by key or Permit's id, was decided; see {@link #answer}. */
    public void wakeRequester(String keyOrId) {
        knocks.add(new Knocks.Knock(false, keyOrId));
    }

    /**
     * Looks at the requests of those who were woken since the last look; {@code moved} hears the thread of each that was decided.
     *
     * @return whether some could not be looked at yet, so that it is worth calling {@link #answerAll} in a second
     */
    public boolean answer(Consumer<String> moved) {
        return answer(false, moved);
    }

    /** As {@link #answer}, and also at those of whom nothing was to be known when they were looked at before. */
    public boolean answerAll(Consumer<String> moved) {
        return answer(true, moved);
    }

    private boolean answer(boolean all, Consumer<String> moved) {
        looking.lock();
        try {
            return reader.answer(knocks, all, new Lookups(permit, budget, CallBudget.Lane.WOKEN), moved);
        } finally {
            looking.unlock();
        }
    }

    private final class ReadBack implements DueReader.Judge {
        @Override
        public DueReader.Verdict judge(Approval approval, Lookups lookups) {
            return check(approval, lookups);
        }

        @Override
        public Instant again(DueApprovals.Due row) {
            return clock.instant().plus(waitFor(row.createdAt(), row.deadline()));
        }
    }

    private DueReader.Verdict check(Approval approval, Lookups lookups) {
        try {
            return asked(approval, lookups) ? DueReader.Verdict.MOVED : DueReader.Verdict.WAITS;
        } catch (PermitException e) {
            if (e.status() == 429) {
                return DueReader.Verdict.LIMITED;
            }
            LOG.atWarn()
                    .addKeyValue("approval", approval.id())
                    .addKeyValue("thread", approval.threadId())
                    .log("Permit did not tell about a request; asking again later: {}", e.forLog());
            approvals.checkAgain(approval.id(), clock.instant().plus(wait(approval)));
            // A plain no about one request says that Permit is well.
            boolean trouble = e.status() >= 500 || (e.status() == 0 && !knowsNothing(e));
            return trouble ? DueReader.Verdict.UNREADABLE : DueReader.Verdict.WAITS;
        }
    }

    private boolean isLate(Approval approval) {
        return !clock.instant().isBefore(approval.deadline());
    }

    /** Permit answered that there is no such request, so nobody can have approved it; no answer would not say so. */
    static boolean knowsNothing(PermitException answer) {
        return answer.code().kind() == ErrorCode.Kind.INVALID || answer.status() == 404;
    }

    private boolean asked(Approval approval, Lookups lookups) {
        String requestId = approval.requestId();
        if (requestId == null) {
            approvals.checkAgain(approval.id(), clock.instant().plus(LONGEST_WAIT));
            return false;
        }
        PermitRequest request = lookups.get(approval.kind(), requestId, approval.requester());
        // One that is late and still pending there is for Deadlines to withdraw.
        Optional<Lifecycle.Move> move = verdict(approval, request, isLate(approval), lookups);
        if (move.isEmpty()) {
            approvals.checkAgain(approval.id(), clock.instant().plus(wait(approval)));
            return false;
        }
        return apply(approval, move.get(), facts(approval, request, lookups));
    }

    /** Cancels as the requester; whatever Permit says of it afterwards is what counts, also a decision that was faster. */
    private static PermitRequest withdraw(Approval approval, String requestId, Lookups lookups) {
        try {
            return lookups.cancel(approval.kind(), requestId, approval.requester());
        } catch (PermitException e) {
            return lookups.get(approval.kind(), requestId, approval.requester());
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
                        .log("a request could not be withdrawn: {}", e.forLog());
            }
        }
        return approvals.find(approval.id()).orElse(approval);
    }

    /** Lookups for closing approvals: they share the budget with everything else that is due. */
    Lookups closing() {
        return new Lookups(permit, budget, CallBudget.Lane.POLLED);
    }

    private void withdrawn(Approval approval, String requestId) {
        // A person waits for this: it is counted, but not held back.
        Lookups lookups = new Lookups(permit, budget, CallBudget.Lane.WOKEN);
        PermitRequest request = withdraw(approval, requestId, lookups);
        Optional<Lifecycle.Move> move = verdict(approval, request, false, lookups);
        if (move.isPresent()) {
            ApprovalStore.Facts facts = facts(approval, request, lookups);
            Approval seen = approval;
            // A try at closing or an extension changes the row, and not what Permit has said of the request.
            for (int i = 0; i < MOVES_MAX && !moves(seen, move.get(), facts); i++) {
                seen = approvals.find(seen.id()).orElse(seen);
            }
        }
    }

    /** False when it is pending still, and another one now than was seen. */
    private boolean moves(Approval seen, Lifecycle.Move move, ApprovalStore.Facts facts) {
        return seen.state() != ApprovalState.PENDING
                || database.inTransaction(tx -> approvals.move(tx, seen, move, facts));
    }

    /** What Permit's answer does to a pending approval; empty when it is pending there, or the answer does not count. */
    Optional<Lifecycle.Move> verdict(Approval approval, PermitRequest request, boolean late, Lookups lookups) {
        if (request.status() == RequestStatus.PENDING) {
            return Optional.empty();
        }
        if (!isTheSame(approval, request, lookups)) {
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
    static boolean isTheSame(Approval approval, PermitRequest request, Lookups lookups) {
        String instance = approval.wish().resourceInstance();
        String operation = approval.wish().operation();
        Optional<PermitUser> requester = lookups.user(approval.requester());
        return request.kind() == approval.kind()
                && request.id().equals(approval.requestId())
                && (operation == null || operation.equals(request.operation()))
                && (instance == null || sameInstance(instance, request.resourceInstance(), lookups))
                && requester.isPresent()
                && requester.get().id().equals(request.requester());
    }

    /** The wish may name the instance by id where Permit's answer has its key. */
    private static boolean sameInstance(String asked, @Nullable String answered, Lookups lookups) {
        return asked.equals(answered)
                || lookups.instance(asked)
                        .map(instance -> instance.key().equals(answered))
                        .orElse(false);
    }

    /** Moves a pending approval and tells its thread; false when somebody else was faster. */
    boolean apply(Approval approval, Lifecycle.Move move, ApprovalStore.Facts facts) {
        EventKind kind = move == Lifecycle.Move.EXPIRE ? EventKind.EXPIRY : EventKind.DECISION;
        try {
            database.useTransaction(tx -> {
                // The thread's row is locked first, as everywhere; when somebody else was faster, the event goes too.
                threads.append(tx, approval.threadId(), kind, approval.id());
                if (!approvals.move(tx, approval, move, facts)) {
                    throw new SomebodyWasFaster();
                }
            });
        } catch (SomebodyWasFaster e) {
            return false;
        }
        database.barrier();
        return true;
    }

    /** Takes the transaction back. */
    private static final class SomebodyWasFaster extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SomebodyWasFaster() {
            super("somebody else moved the approval", null, false, false);
        }
    }

    ApprovalStore.Facts facts(Approval approval, PermitRequest request, Lookups lookups) {
        String reviewer = request.reviewer();
        boolean selfMade = request.requester().equals(reviewer) && request.status() == RequestStatus.APPROVED;
        return new ApprovalStore.Facts(
                approval.requestId(),
                reviewer == null ? null : nameOf(reviewer, lookups),
                selfMade ? "approved by the requester, which does not count" : request.reviewerComment(),
                request.reviewedAt() == null ? clock.instant() : request.reviewedAt());
    }

    private static String nameOf(String userId, Lookups lookups) {
        try {
            return lookups.user(userId).map(PermitUser::key).orElse(userId);
        } catch (CountersignException e) {
            return userId;
        }
    }

    private Duration wait(Approval approval) {
        return waitFor(approval.createdAt(), approval.deadline());
    }

    private Duration waitFor(Instant createdAt, Instant deadline) {
        Instant now = clock.instant();
        Duration byAge = Duration.between(createdAt, now).dividedBy(AGE_PER_WAIT);
        Duration wait = byAge.compareTo(shortestWait) < 0 ? shortestWait : byAge;
        wait = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
        Duration toDeadline = Duration.between(now, deadline);
        return toDeadline.isNegative() || toDeadline.compareTo(wait) > 0 ? wait : toDeadline;
    }
}
