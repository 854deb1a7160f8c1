package dev.countersign.approval;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.db.Database;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes pending approvals whose deadline has passed, or that their requester wants no more: withdraws them at Permit as the
 * requester, and applies what Permit then says, also a yes that was faster. Unreachable Permit is asked again, ever more
 * rarely, without end. A request that Permit will not withdraw and still calls pending is given up after {@value #TRIES_MAX}
 * tries: it ends here, and {@link Orphans} takes back what a reviewer may still grant. Each try is taken by a conditional
 * update, so among many nodes one makes it, and a crash in the middle only delays the next.
 */
public final class Deadlines {
    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);
    private static final ErrorCode TOO_LATE = new ErrorCode("CS-232", ErrorCode.Kind.CONFLICT);
    private static final ErrorCode BAD_EXTENSION = new ErrorCode("CS-233", ErrorCode.Kind.INVALID);
    private static final int BATCH = 50;
    static final int TRIES_MAX = 6;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    private static final Duration FARTHEST = Duration.ofDays(90);

    private final Database database;
    private final Closer closer;
    private final ApprovalStore approvals;
    private final Timers timers;
    private final Orphans orphans;
    private final Clock clock;

    Deadlines(Database database, Watcher watcher, ApprovalStore approvals, Timers timers, Orphans orphans) {
        this.database = database;
        this.closer = new Closer(watcher);
        this.approvals = approvals;
        this.timers = timers;
        this.orphans = orphans;
        this.clock = timers.clock();
    }

    /** Closes what is due; {@code moved} hears the thread of each that was closed. Idempotent. */
    void enforce(Consumer<String> moved) {
        for (String id : timers.dueToClose(BATCH)) {
            if (!closer.mayTry()) {
                return;
            }
            try {
                approvals.find(id).filter(this::close).ifPresent(approval -> moved.accept(approval.threadId()));
            } catch (CountersignException e) {
                // One that cannot be read (its thread was erased, its row damaged) must not hold up the others.
                LOG.atError().addKeyValue("approval", id).log("an approval could not be closed: {}", e.forLog());
                timers.putOffClosing(id, clock.instant().plus(LONGEST_PAUSE));
            }
        }
    }

    private boolean close(Approval seen) {
        // Taken before Permit is asked, and for longer than one try lasts; the pause proper is set afterwards.
        Optional<Timers.Closing> taken =
                timers.takeClosing(seen, clock.instant().plus(LONGEST_PAUSE));
        if (taken.isEmpty()) {
            return false;
        }
        Timers.Closing closing = taken.get();
        Approval approval = approvals.find(seen.id()).orElseThrow();
        Lifecycle.Move end = closing.withdrawn() ? Lifecycle.Move.WITHDRAW : Lifecycle.Move.EXPIRE;
        Closer.Closed closed = closer.close(approval, end);
        if (closed == Closer.Closed.MOVED) {
            return true;
        }
        if (closed == Closer.Closed.STILL_PENDING && closing.tries() >= TRIES_MAX) {
            LOG.atError()
                    .addKeyValue("approval", approval.id())
                    .addKeyValue("thread", approval.threadId())
                    .log("Permit does not withdraw a request and still calls it pending; it ends here all the same");
            // First, so that a crash in between leaves nothing that nobody looks after.
            database.useTransaction(tx -> orphans.lookAfter(tx, approval.id()));
            return closer.giveUp(approval, end);
        }
        timers.putOffClosing(approval.id(), clock.instant().plus(pause(closing.tries())));
        return false;
    }

    private static Duration pause(int tries) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(tries - 1, 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    /**
     * Its requester wants it no more: it is withdrawn at Permit soon, and again until Permit answers, and a yes that comes all
     * the same is not used. To be called within the transaction that leads there.
     */
    public void withdrawSoon(Handle tx, String approvalId) {
        timers.askWithdrawal(tx, approvalId, clock.instant());
    }

    /**
     * Its requester does not want the yes that it was given: it is not used, unless that came first. To be called within a
     * transaction that has taken the thread's row.
     */
    public void giveUp(Handle tx, String approvalId) {
        timers.giveUp(tx, approvalId);
    }

    /**
     * Moves a pending approval's deadline. Reminder and escalation keep their distance to it; one that was given before is given
     * again when its new time is still to come.
     *
     * @param reviewer who moves it, by key; the caller has checked that Permit lets them review it
     * @param by above zero; the new deadline is at most 90 days from now
     * @throws CountersignException {@code CS-233} when it is not, {@code CS-232} when the deadline has passed, the approval is no
     *     longer pending, or somebody else changed it at the same moment
     */
    public Approval extend(Approval seen, Duration by, String reviewer) {
        Instant now = clock.instant();
        Instant deadline =
                by.compareTo(FARTHEST) > 0 ? Instant.MAX : seen.deadline().plus(by);
        if (by.isZero() || by.isNegative() || deadline.isAfter(now.plus(FARTHEST))) {
            throw new CountersignException(
                    BAD_EXTENSION,
                    "expected an extension that ends at most " + FARTHEST.toDays() + " days from now, got " + by);
        }
        Wish wish = seen.wish();
        Timers.Extended times = new Timers.Extended(
                deadline,
                alarm(wish, wish.remindAfter(), deadline, now),
                alarm(wish, wish.escalateAfter(), deadline, now));
        boolean won = database.inTransaction(tx -> {
            ApprovalStore.holdThread(tx, seen.threadId());
            boolean first = timers.extend(tx, seen, times);
            if (first) {
                approvals.extended(tx, seen, deadline, reviewer);
            }
            return first;
        });
        database.barrier();
        if (!won) {
            throw new CountersignException(
                    TOO_LATE,
                    "the request cannot be extended: its deadline has passed, it was decided or withdrawn, or somebody"
                            + " changed it at the same moment");
        }
        return approvals.find(seen.id()).orElseThrow();
    }

    private static @Nullable Instant alarm(Wish wish, @Nullable Duration after, Instant deadline, Instant now) {
        if (after == null) {
            return null;
        }
        Instant at = deadline.minus(wish.deadline().minus(after));
        return at.isAfter(now) ? at : null;
    }
}
