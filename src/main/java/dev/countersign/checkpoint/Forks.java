package dev.countersign.checkpoint;

import dev.countersign.thread.LogKeys;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The rows that make a fork: its thread, and the stretches of logs its transcript is made of. */
final class Forks {
    private static final String INSERT_THREAD = """
            INSERT INTO thread (id, owner, agent, kind, status, title, log_id, parent_id, parent_seq, head, head_next,
                messages, tool_calls, events_accepted, events_done, due, cancel_asked, fence, lease_owner, lease_until,
                created_at, updated_at)
            SELECT :id, owner, agent, kind, 'IDLE', :title, :log, id, :parent_seq, 1, '__END__',
                :messages, 0, 0, 0, FALSE, FALSE, 0, '', 0, :at, :at
            FROM thread WHERE id = :parent
            """;
    private static final String SELECT_TITLE = "SELECT title, log_id FROM thread WHERE id = :id";
    private static final String INSERT_SEGMENT = """
            INSERT INTO segment (thread_id, part, log_id, first_idx, last_idx) VALUES (:thread, :part, :log, :first, :last)
            """;

    private final LogKeys keys;
    private final StoredMessages stored;

    Forks(LogKeys keys, StoredMessages stored) {
        this.keys = keys;
        this.stored = stored;
    }

    /**
     * What is forked.
     *
     * @param messages how many of the parent's messages the fork begins with
     */
    record Fork(String parentId, long parentSeq, int messages, CheckpointStore.ForkIds ids) {}

    void insert(Handle tx, Fork fork, long at) {
        String id = fork.ids().threadId();
        String title = tx.createQuery(SELECT_TITLE)
                .bind("id", fork.parentId())
                .map((row, context) ->
                        keys.of(tx, row.getString(2)).decrypt(row.getBytes(1), "title " + fork.parentId()))
                .one();
        tx.createUpdate(INSERT_THREAD)
                .bind("id", id)
                .bind("title", keys.of(tx, fork.ids().logId()).encrypt(title, "title " + id))
                .bind("log", fork.ids().logId())
                .bind("parent", fork.parentId())
                .bind("parent_seq", fork.parentSeq())
                .bind("messages", fork.messages())
                .bind("at", at)
                .execute();
        int part = 0;
        int left = fork.messages();
        List<StoredMessages.Segment> shared = stored.segments(tx, fork.parentId());
        for (StoredMessages.Segment segment : shared) {
            int taken = segment.length(left);
            if (taken > 0) {
                segment(
                        tx,
                        id,
                        part++,
                        new StoredMessages.Segment(segment.logId(), segment.first(), segment.first() + taken));
            }
            left -= taken;
        }
        segment(tx, id, part, new StoredMessages.Segment(fork.ids().logId(), 0, -1));
    }

    private static void segment(Handle tx, String threadId, int part, StoredMessages.Segment segment) {
        tx.createUpdate(INSERT_SEGMENT)
                .bind("thread", threadId)
                .bind("part", part)
                .bind("log", segment.logId())
                .bind("first", segment.first())
                .bind("last", segment.last())
                .execute();
    }
}
