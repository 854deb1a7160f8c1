package dev.countersign.checkpoint;

import dev.countersign.thread.LogKeys;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * Takes a thread's checkpoints and messages out of the store, for good. Messages that forks begin with stay, under their key, until
 * the last of those goes. Safe for use by many threads and processes.
 */
public final class TranscriptRemoval {
    private static final String SELECT_SHARERS =
            "SELECT DISTINCT thread_id FROM segment WHERE log_id = :log AND thread_id <> :thread ORDER BY thread_id";
    private static final String SELECT_LOGS = "SELECT DISTINCT COALESCE(s.log_id, t.log_id) FROM thread t"
            + " LEFT JOIN segment s ON s.thread_id = t.id WHERE t.id = :thread";
    private static final String DELETE_CHECKPOINTS = "DELETE FROM checkpoint WHERE thread_id = :thread";
    private static final String DELETE_SEGMENTS = "DELETE FROM segment WHERE thread_id = :thread";
    private static final String SELECT_NEEDED =
            "SELECT COUNT(*), MIN(last_idx), MAX(last_idx) FROM segment WHERE log_id = :log";
    private static final String DELETE_MESSAGES = "DELETE FROM message WHERE log_id = :log AND idx >= :from";

    private final LogKeys keys;

    public TranscriptRemoval(LogKeys keys) {
        this.keys = keys;
    }

    /**
     * What was removed.
     *
     * @param destroyed logs whose keys are gone, and with them every text that was under them
     */
    public record Removed(int steps, int messages, List<String> destroyed) {
        public Removed {
            destroyed = List.copyOf(destroyed);
        }
    }

    /** The other threads whose transcripts begin with messages of this thread's own log. */
    public List<String> sharers(Handle tx, String threadId, String logId) {
        return tx.createQuery(SELECT_SHARERS)
                .bind("log", logId)
                .bind("thread", threadId)
                .mapTo(String.class)
                .list();
    }

    /** Removes them within the caller's transaction, which holds the thread. */
    public Removed remove(Handle tx, String threadId) {
        List<String> logs = tx.createQuery(SELECT_LOGS)
                .bind("thread", threadId)
                .mapTo(String.class)
                .list();
        int steps = tx.createUpdate(DELETE_CHECKPOINTS).bind("thread", threadId).execute();
        tx.createUpdate(DELETE_SEGMENTS).bind("thread", threadId).execute();
        List<String> destroyed = new ArrayList<>();
        int messages = 0;
        for (String log : logs) {
            int needed = needed(tx, log);
            messages += tx.createUpdate(DELETE_MESSAGES)
                    .bind("log", log)
                    .bind("from", needed)
                    .execute();
            if (needed == 0) {
                keys.destroy(tx, log);
                destroyed.add(log);
            }
        }
        return new Removed(steps, messages, destroyed);
    }

    /** How many messages of a log other threads still need; all of them while one of those writes there. */
    private static int needed(Handle tx, String log) {
        return tx.createQuery(SELECT_NEEDED)
                .bind("log", log)
                .map((row, context) -> {
                    if (row.getInt(1) == 0) {
                        return 0;
                    }
                    return row.getInt(2) < 0 ? Integer.MAX_VALUE : row.getInt(3);
                })
                .one();
    }
}
