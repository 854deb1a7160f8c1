package dev.countersign.thread;

import java.time.Clock;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Takes a thread's row and events out of the store, for good. Safe for use by many threads and processes. */
public final class ThreadRemoval {
    /** Whoever comes after it finds another fence, or no row: a turn that believed to hold the thread writes nothing. */
    private static final String HOLD = """
            UPDATE thread SET fence = fence + 1
            WHERE id = :id AND owner = :owner AND due = FALSE AND events_accepted = events_done AND lease_until < :now
                AND (status = 'IDLE' OR status = 'DONE' OR status = 'FAILED' OR status = 'CANCELED')
            """;

    /** The same for one that must be as it was seen; it changes nothing, so that whoever lets it be has not touched it. */
    private static final String HOLD_AS_SEEN = """
            SELECT log_id FROM thread
            WHERE id = :id AND updated_at = :last AND due = FALSE AND events_accepted = events_done AND lease_until < :now
                AND (status = 'IDLE' OR status = 'DONE' OR status = 'FAILED' OR status = 'CANCELED')
            FOR UPDATE
            """;

    private static final String SELECT_LOG = "SELECT log_id FROM thread WHERE id = :id";
    private static final String DELETE_EVENTS = "DELETE FROM event WHERE thread_id = :id";
    private static final String DELETE_THREAD = "DELETE FROM thread WHERE id = :id";

    private final Clock clock;

    public ThreadRemoval(Clock clock) {
        this.clock = clock;
    }

    /**
     * Holds a thread that rests and waits for nothing, until the transaction ends: no turn begins and no event is accepted.
     *
     * @return the id of its own log; empty when the owner has no such thread, or it does not rest
     */
    public Optional<String> hold(Handle tx, String owner, String threadId) {
        int hit = tx.createUpdate(HOLD)
                .bind("id", threadId)
                .bind("owner", owner)
                .bind("now", clock.millis())
                .execute();
        return hit == 0
                ? Optional.empty()
                : tx.createQuery(SELECT_LOG)
                        .bind("id", threadId)
                        .mapTo(String.class)
                        .findOne();
    }

    /**
     * The same for a thread that was found at rest: also empty when something has happened in it since.
     *
     * @return the id of its own log
     */
    public Optional<String> hold(Handle tx, StaleThreads.Found found) {
        return tx.createQuery(HOLD_AS_SEEN)
                .bind("id", found.id())
                .bind("last", found.last())
                .bind("now", clock.millis())
                .mapTo(String.class)
                .findOne();
    }

    /** Removes a held thread; gives back how many events it had. */
    public int remove(Handle tx, String threadId) {
        int events = tx.createUpdate(DELETE_EVENTS).bind("id", threadId).execute();
        Holds.remove(tx, threadId);
        tx.createUpdate(DELETE_THREAD).bind("id", threadId).execute();
        return events;
    }
}
