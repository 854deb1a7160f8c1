package dev.countersign.thread;

import dev.countersign.db.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which threads are forks of which. Read from the threads' rows; nothing is stored for it. Safe for use by many threads. */
public final class Lineage {
    private static final String COLUMNS =
            "SELECT id, parent_id, parent_seq, status, events_accepted, events_done, created_at";
    private static final String SELECT_ONE = COLUMNS + " FROM thread WHERE id = :id AND owner = :owner";
    private static final String SELECT_FORKS = COLUMNS
            + " FROM thread WHERE parent_id = :id AND owner = :owner ORDER BY created_at DESC, id DESC LIMIT :limit";

    private final Database database;

    public Lineage(Database database) {
        this.database = database;
    }

    /**
     * A thread among its kin.
     *
     * @param parentId the thread it was forked from, also when that is gone; null for one that began by itself
     * @param parentSeq the step of the parent's that it was taken at; 0 without one
     * @param depth how many of its forebears are still there
     */
    public record Member(
            String id, @Nullable String parentId, long parentSeq, int depth, ThreadStatus status, Instant createdAt) {
        private Member at(int depth) {
            return new Member(id, parentId, parentSeq, depth, status, createdAt);
        }
    }

    /**
     * A thread, its forebears, and all forks of the oldest of those: each parent before its forks, and forks of one parent oldest
     * first. Empty when the owner has no such thread.
     *
     * @param limit how many at most
     */
    public List<Member> family(String owner, String threadId, int limit) {
        Optional<Member> root = one(owner, threadId);
        while (root.isPresent() && root.get().parentId() != null) {
            Optional<Member> above = one(owner, root.get().parentId());
            if (above.isEmpty()) {
                break;
            }
            root = above;
        }
        List<Member> family = new ArrayList<>();
        Deque<Member> open = new ArrayDeque<>();
        root.ifPresent(open::push);
        while (!open.isEmpty() && family.size() < limit) {
            Member next = open.pop();
            family.add(next);
            // Newest first, so that the oldest lies on top.
            for (Member fork : forks(owner, next.id(), limit)) {
                open.push(fork.at(next.depth() + 1));
            }
        }
        return family;
    }

    private Optional<Member> one(String owner, String id) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(SELECT_ONE)
                        .bind("id", id)
                        .bind("owner", owner)
                        .map((row, context) -> member(row))
                        .findOne());
    }

    private List<Member> forks(String owner, String id, int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(SELECT_FORKS)
                        .bind("id", id)
                        .bind("owner", owner)
                        .bind("limit", limit)
                        .map((row, context) -> member(row))
                        .list());
    }

    private static Member member(ResultSet row) throws SQLException {
        return new Member(
                row.getString("id"),
                row.getString("parent_id"),
                row.getLong("parent_seq"),
                0,
                ThreadRow.standing(
                        ThreadStatus.valueOf(row.getString("status")),
                        row.getLong("events_accepted") > row.getLong("events_done")),
                Instant.ofEpochMilli(row.getLong("created_at")));
    }
}
