package dev.countersign.thread;

import dev.countersign.db.Database;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Why threads are held: what is due there does not fit the program or the agent of now. A hold counts while its thread stands where
 * it was held; once that goes on, it means nothing. Safe for use by many threads and processes.
 */
public final class Holds {
    private static final String DELETE = "DELETE FROM thread_hold WHERE thread_id = :id";
    private static final String INSERT = """
            INSERT INTO thread_hold (thread_id, head, verdict, why, held_at)
            SELECT id, head, CAST(:verdict AS VARCHAR(32)), :why, CAST(:at AS BIGINT) FROM thread WHERE id = :id
            """;
    private static final String SELECT = "SELECT verdict, why FROM thread_hold WHERE thread_id = :id AND head = :head";

    /** Of one owner, those that still stand where they were held. */
    private static final String SELECT_OWNED = """
            SELECT h.thread_id FROM thread_hold h JOIN thread t ON t.id = h.thread_id AND t.head = h.head
            WHERE t.owner = :owner AND t.status = 'NEEDS_ATTENTION'
            ORDER BY h.held_at DESC, h.thread_id DESC LIMIT :limit
            """;

    private final Database database;
    private final LogKeys keys;
    private final Clock clock;

    public Holds(Database database, LogKeys keys, Clock clock) {
        this.database = database;
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * A hold.
     *
     * @param verdict a word that programs can compare
     * @param why in plain words
     */
    public record Hold(String verdict, String why) {}

    /** Holds a thread where it stands; within a transaction that has taken the thread's row. */
    public void put(Handle tx, ThreadRow thread, Hold hold) {
        remove(tx, thread.id());
        tx.createUpdate(INSERT)
                .bind("id", thread.id())
                .bind("verdict", hold.verdict())
                .bind("why", keys.of(tx, thread.logId()).encrypt(hold.why(), place(thread.id())))
                .bind("at", clock.millis())
                .execute();
    }

    /** Why a thread is held where its row says that it stands; empty when it is not. */
    public Optional<Hold> find(ThreadRow thread) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(SELECT)
                        .bind("id", thread.id())
                        .bind("head", thread.head())
                        .map((row, context) -> new Hold(
                                row.getString("verdict"),
                                keys.of(handle, thread.logId()).decrypt(row.getBytes("why"), place(thread.id()))))
                        .findOne());
    }

    /** The owner's threads that are held where they stand, the latest first. */
    public List<String> ownedBy(String owner, int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(SELECT_OWNED)
                        .bind("owner", owner)
                        .bind("limit", limit)
                        .mapTo(String.class)
                        .list());
    }

    /** Forgets a thread's hold. */
    static void remove(Handle tx, String threadId) {
        tx.createUpdate(DELETE).bind("id", threadId).execute();
    }

    private static String place(String threadId) {
        return "hold " + threadId;
    }
}
