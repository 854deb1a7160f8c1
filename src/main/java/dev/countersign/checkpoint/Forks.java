package dev.countersign.checkpoint;

import dev.countersign.thread.LogKeys;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** The rows that make a fork: its thread, its first checkpoint, and the stretches of logs its transcript is made of. */
final class Forks {
    private static final String INSERT_THREAD = """
            INSERT INTO thread (id, owner, agent, kind, status, title, log_id, parent_id, parent_seq, head, head_next,
                messages, tool_calls, events_accepted, events_done, due, cancel_asked, fence, lease_owner, lease_until,
                created_at, updated_at)
            SELECT :id, owner, agent, :kind, :status, :title, :log, id, :parent_seq, 1, :next,
                :messages, 0, 0, 0, :due, FALSE, 0, '', 0, :at, :at
            FROM thread WHERE id = :parent
            """;
    private static final String INSERT_CHECKPOINT = """
            INSERT INTO checkpoint (thread_id, seq, node, next_node, messages, keys, fingerprint, format, created_at)
            VALUES (:thread, 1, :node, :next, :messages, :keys, :fingerprint, :format, :at)
            """;
    // Held until the commit: who erases the parent then waits, and finds the fork.
    private static final String HOLD_PARENT = "SELECT title, log_id FROM thread WHERE id = :id FOR UPDATE";
    private static final String INSERT_OWN = """
            INSERT INTO segment (thread_id, part, log_id, first_idx, last_idx)
            SELECT id, 0, log_id, 0, -1 FROM thread
            WHERE id = :id AND NOT EXISTS (SELECT 1 FROM segment WHERE thread_id = :id)
            """;
    private static final String INSERT_SEGMENT = """
            INSERT INTO segment (thread_id, part, log_id, first_idx, last_idx) VALUES (:thread, :part, :log, :first, :last)
            """;

    private final LogKeys keys;
    private final StoredMessages stored;

    Forks(LogKeys keys, StoredMessages stored) {
        this.keys = keys;
        this.stored = stored;
    }

    void insert(Handle tx, CheckpointStore.Fork fork, CheckpointStore.ForkIds ids, long at) {
        String title = heldTitle(tx, fork.parentId());
        keys.create(tx, ids.logId(), at);
        thread(tx, fork, ids, title, at);
        checkpoint(tx, fork, ids, at);
        if (fork.shared() > 0) {
            share(tx, fork, ids);
        }
        stored.append(tx, stored.seal(tx, ids.logId(), 0, fork.own()));
    }

    /** Now others read of the parent's logs, each of those who do has its rows. */
    private void share(Handle tx, CheckpointStore.Fork fork, CheckpointStore.ForkIds ids) {
        tx.createUpdate(INSERT_OWN).bind("id", fork.parentId()).execute();
        int part = 0;
        int left = fork.shared();
        for (StoredMessages.Segment segment : stored.segments(tx, fork.parentId())) {
            int taken = segment.length(left);
            if (taken > 0) {
                segment(
                        tx,
                        ids.threadId(),
                        part++,
                        new StoredMessages.Segment(segment.logId(), segment.first(), segment.first() + taken));
            }
            left -= taken;
        }
        segment(tx, ids.threadId(), part, new StoredMessages.Segment(ids.logId(), 0, -1));
    }

    private String heldTitle(Handle tx, String threadId) {
        return tx.createQuery(HOLD_PARENT)
                .bind("id", threadId)
                .map((row, context) -> keys.of(tx, row.getString(2)).decrypt(row.getBytes(1), "title " + threadId))
                .one();
    }

    private void thread(Handle tx, CheckpointStore.Fork fork, CheckpointStore.ForkIds ids, String title, long at) {
        boolean rests = fork.rests();
        tx.createUpdate(INSERT_THREAD)
                .bind("id", ids.threadId())
                .bind("kind", ThreadKind.CHAT.name())
                .bind("status", (rests ? ThreadStatus.IDLE : ThreadStatus.RUNNING).name())
                .bind("title", keys.of(tx, ids.logId()).encrypt(title, "title " + ids.threadId()))
                .bind("log", ids.logId())
                .bind("parent", fork.parentId())
                .bind("parent_seq", fork.at().seq())
                .bind("next", fork.next())
                .bind("messages", fork.shared() + fork.own().size())
                .bind("due", !rests)
                .bind("at", at)
                .execute();
    }

    private void checkpoint(Handle tx, CheckpointStore.Fork fork, CheckpointStore.ForkIds ids, long at) {
        Map<String, Object> small = new HashMap<>(fork.inherited());
        small.put(CheckpointStore.LAST_EVENT, 0L);
        byte[] sealed = StepStates.lay(keys.of(tx, ids.logId()), ids.threadId(), 1, List.of(small))
                .get(0);
        tx.createUpdate(INSERT_CHECKPOINT)
                .bind("thread", ids.threadId())
                .bind("node", fork.at().node())
                .bind("next", fork.next())
                .bind("messages", fork.shared() + fork.own().size())
                .bind("keys", sealed)
                .bind("fingerprint", fork.at().fingerprint())
                .bind("format", StepStates.format(1))
                .bind("at", at)
                .execute();
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
