package dev.countersign.thread;

import dev.countersign.core.Mark;
import dev.countersign.db.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * Finds threads at rest that are older, or more, than somebody wants to keep. What is found may have changed a moment later:
 * {@link ThreadRemoval#hold(org.jdbi.v3.core.Handle, Found)} says so. Safe for use by many threads and processes.
 */
public final class StaleThreads {
    /** A thread is never younger than what happened in it last, so the index on when it began leaves out the rest. */
    private static final String SELECT_OLD = """
            SELECT id, owner, created_at, updated_at FROM thread
            WHERE agent = :agent AND created_at < :before AND updated_at < :before AND due = FALSE
                AND (status = 'IDLE' OR status = 'DONE' OR status = 'FAILED' OR status = 'CANCELED')
                AND (created_at > :at OR (created_at = :at AND id > :id))
            ORDER BY agent, created_at, id LIMIT :limit
            """;

    private static final String SELECT_OWNERS =
            "SELECT owner FROM thread WHERE agent = :agent GROUP BY owner HAVING COUNT(*) > :count ORDER BY owner";
    /** Those that do not rest count, and stay. */
    private static final String SELECT_BEYOND = """
            SELECT id, owner, created_at, updated_at FROM (
                SELECT id, owner, created_at, updated_at, due, status FROM thread WHERE agent = :agent AND owner = :owner
                ORDER BY updated_at DESC, id DESC OFFSET :count ROWS) beyond
            WHERE due = FALSE AND (status = 'IDLE' OR status = 'DONE' OR status = 'FAILED' OR status = 'CANCELED')
                AND (updated_at > :at OR (updated_at = :at AND id > :id))
            ORDER BY updated_at, id LIMIT :limit
            """;

    private final Database database;

    public StaleThreads(Database database) {
        this.database = database;
    }

    /**
     * A thread that rested when it was looked at.
     *
     * @param began when it was created, in milliseconds since 1970
     * @param last when something happened in it last, in the same
     */
    public record Found(String id, String owner, long began, long last) {
        /** Where a list by creation goes on after it. */
        public Mark byBeginning() {
            return new Mark(began, id);
        }

        /** Where a list by last change goes on after it. */
        public Mark byLast() {
            return new Mark(last, id);
        }
    }

    /** Those in which nothing has happened since then, in the order they were created, after the mark. */
    public List<Found> old(String agent, Instant before, Mark after, int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(SELECT_OLD)
                        .bind("agent", agent)
                        .bind("before", before.toEpochMilli())
                        .bind("at", after.at())
                        .bind("id", after.id())
                        .bind("limit", limit)
                        .map((row, context) -> found(row))
                        .list());
    }

    /** Owners of more than so many threads with the agent. */
    public List<String> ownersOfMore(String agent, int count) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(SELECT_OWNERS)
                        .bind("agent", agent)
                        .bind("count", count)
                        .mapTo(String.class)
                        .list());
    }

    /** Those of an owner beyond the so many in which something happened last; the oldest of them first, after the mark. */
    public List<Found> beyond(Whose whose, int count, Mark after, int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(SELECT_BEYOND)
                        .bind("agent", whose.agent())
                        .bind("owner", whose.owner())
                        .bind("count", count)
                        .bind("at", after.at())
                        .bind("id", after.id())
                        .bind("limit", limit)
                        .map((row, context) -> found(row))
                        .list());
    }

    /** The conversations of one owner with one agent. */
    public record Whose(String agent, String owner) {}

    private static Found found(ResultSet row) throws SQLException {
        return new Found(
                row.getString("id"), row.getString("owner"), row.getLong("created_at"), row.getLong("updated_at"));
    }
}
