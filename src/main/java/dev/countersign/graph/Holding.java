package dev.countersign.graph;

import dev.countersign.checkpoint.CheckpointStore;
import dev.countersign.core.CountersignException;
import dev.countersign.thread.Holds;
import dev.countersign.thread.Lease;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds threads that do not fit: nothing is executed, nothing that was accepted is lost, and a person is told why, once. A held
 * thread is tried again after a while, at its next event and at the next start of its server, and goes on when it fits. Safe for use by many
 * threads.
 */
final class Holding {
    private static final Logger LOG = LoggerFactory.getLogger(Holding.class);
    private static final Duration PAUSE = Duration.ofMinutes(10);

    private final Ports ports;
    private final Holds holds;

    Holding(Ports ports) {
        this.ports = ports;
        this.holds = new Holds(ports.database(), ports.keys(), ports.clock());
    }

    /** What a turn that broke off says of its thread's fit; empty when it broke off for another reason. */
    static Optional<Fit> reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Unfit unfit) {
                return Optional.of(unfit.fit());
            }
            if (cause instanceof CountersignException e && e.code().equals(CheckpointStore.NEWER_FORMAT)) {
                return Optional.of(Fit.otherFormat(e.detail()));
            }
        }
        return Optional.empty();
    }

    /**
     * Holds a thread, and gives its lease back.
     *
     * @return whether that is news; it is not when the thread was held for the same before, or the lease was lost
     */
    boolean hold(Lease lease, Fit fit) {
        ThreadRow thread = ports.threads().get(lease.threadId());
        Holds.Hold hold = new Holds.Hold(word(fit), fit.line());
        boolean known = thread.status() == ThreadStatus.NEEDS_ATTENTION
                && holds.find(thread).filter(hold::equals).isPresent();
        boolean ours = ports.leases().setAside(lease, ThreadStatus.NEEDS_ATTENTION, PAUSE, tx -> {
            if (!known) {
                holds.put(tx, thread, hold);
                ports.notifications().needsAttention(tx, thread);
            }
        });
        if (!known && ours) {
            LOG.atWarn()
                    .addKeyValue("thread", thread.id())
                    .addKeyValue("verdict", hold.verdict())
                    .log("a thread is held: it does not fit what runs here");
        }
        return !known && ours;
    }

    /** Why a thread is held, in words; empty when it is not. */
    Optional<String> words(ThreadRow thread) {
        return thread.status() == ThreadStatus.NEEDS_ATTENTION
                ? holds.find(thread).map(hold -> words(hold.verdict(), hold.why()))
                : Optional.empty();
    }

    /** The owner's threads that are held, the latest first. */
    List<ThreadRow> ownedBy(String owner, int limit) {
        return holds.ownedBy(owner, limit).stream()
                .flatMap(id -> ports.threads().find(id).stream())
                .toList();
    }

    static String words(Fit fit) {
        return words(word(fit), fit.line());
    }

    private static String words(String verdict, String why) {
        return switch (verdict) {
            case "needs_reapproval" ->
                "a new approval, since what was approved is another call now (" + why
                        + "). Nothing was done. Withdraw it ('countersign approvals cancel', or cancel the whole) and ask"
                        + " again; or run the agent as it was, and it goes on";
            case "needs_migration" -> "the program that it was parked by (" + why + "). Nothing was done";
            default ->
                "its agent as it was (" + why
                        + "). Nothing was done. Run that again, and it goes on; or cancel what it waits for";
        };
    }

    private static String word(Fit fit) {
        return fit.verdict().name().toLowerCase(Locale.ROOT);
    }
}
