package dev.countersign.checkpoint;

import dev.countersign.db.Database;
import dev.countersign.thread.ThreadStatus;
import java.util.List;

/**
 * Threads that have something to go on with: those that are parked, or stand in the middle of a turn. Only how they stand, no text.
 * Safe for use by many threads.
 */
public final class Underway {
    private static final String SELECT = """
            SELECT t.id, t.owner, t.agent, t.status, t.head_next, c.format
            FROM thread t JOIN checkpoint c ON c.thread_id = t.id AND c.seq = t.head
            WHERE t.id > :after AND t.head_next <> '' AND t.head_next <> '__END__'
            ORDER BY t.id LIMIT :limit
            """;

    private final Database database;

    public Underway(Database database) {
        this.database = database;
    }

    /**
     * How a thread stands.
     *
     * @param next the node it goes on with
     * @param format of its newest checkpoint
     */
    public record Place(String thread, String owner, String agent, ThreadStatus status, String next, int format) {}

    /** The first of them whose ids come after this one, in the order of ids. */
    public List<Place> page(String after, int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(SELECT)
                        .bind("after", after)
                        .bind("limit", limit)
                        .map((row, context) -> new Place(
                                row.getString("id"),
                                row.getString("owner"),
                                row.getString("agent"),
                                ThreadStatus.valueOf(row.getString("status")),
                                row.getString("head_next"),
                                row.getInt("format")))
                        .list());
    }
}
