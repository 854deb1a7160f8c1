package dev.countersign.checkpoint;

import dev.countersign.checkpoint.CheckpointStore.Stored;
import dev.countersign.db.Sql;
import dev.countersign.thread.LogKeys;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Reads the rows of steps; one that cannot be read back is reported with its place, and nothing of it is guessed. */
final class StepRows {
    private static final Sql SELECT_AT = Sql.of("SELECT * FROM checkpoint WHERE thread_id = :thread AND seq = :seq");
    private static final String SELECT_PARENT = "SELECT parent_id, parent_seq FROM thread WHERE id = :id";
    private static final String SELECT_PAGE = """
            SELECT * FROM checkpoint WHERE thread_id = :thread AND seq < :before
            ORDER BY thread_id DESC, seq DESC LIMIT :limit
            """;

    private final LogKeys keys;
    private final StoredMessages stored;

    StepRows(LogKeys keys, StoredMessages stored) {
        this.keys = keys;
        this.stored = stored;
    }

    /** Those before that one, newest first. */
    List<Stored> page(Handle handle, String threadId, long before, int limit, List<StoredMessages.Segment> segments) {
        if (segments.isEmpty()) {
            return List.of();
        }
        StepStates states = states(handle, threadId, segments);
        return handle.createQuery(SELECT_PAGE)
                .bind("thread", threadId)
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> read(states, row, handle, segments))
                .list();
    }

    /** The one that the thread's head names. */
    Stored readAt(Handle handle, String threadId, long seq, List<StoredMessages.Segment> segments) {
        return findAt(handle, threadId, seq, segments)
                .orElseThrow(
                        () -> KeyCodec.unreadable(threadId + "/" + seq, "no row although the thread's head names it"));
    }

    Optional<Stored> findAt(Handle handle, String threadId, long seq, List<StoredMessages.Segment> segments) {
        return SELECT_AT
                .on(handle)
                .bind("thread", threadId)
                .bind("seq", seq)
                .first(row -> read(states(handle, threadId, segments), row, handle, segments));
    }

    /** {@link CheckpointStore.Stored#parentId} of a step. */
    static @Nullable String parentOf(Handle handle, String threadId, long seq) {
        if (seq > 1) {
            return StepName.of(threadId, seq - 1);
        }
        return handle.createQuery(SELECT_PARENT)
                .bind("id", threadId)
                .map((row, context) -> {
                    String parent = row.getString("parent_id");
                    return parent == null ? "" : StepName.of(parent, row.getLong("parent_seq"));
                })
                .findOne()
                .filter(name -> !name.isEmpty())
                .orElse(null);
    }

    private StepStates states(Handle handle, String threadId, List<StoredMessages.Segment> segments) {
        String logId = segments.get(segments.size() - 1).logId();
        return new StepStates(handle, keys.of(handle, logId), threadId);
    }

    private Stored read(StepStates states, ResultSet row, Handle handle, List<StoredMessages.Segment> segments)
            throws SQLException {
        String threadId = row.getString("thread_id");
        long seq = row.getLong("seq");
        Map<String, Object> state = states.read(seq, row.getInt("format"), row.getBytes("keys"));
        state.remove(StepNotes.KEY);
        state.put(CheckpointStore.MESSAGES, stored.transcript(segments, row.getInt("messages")));
        return new Stored(
                seq,
                StepName.of(threadId, seq),
                parentOf(handle, threadId, seq),
                row.getString("node"),
                row.getString("next_node"),
                state,
                row.getString("fingerprint"),
                Instant.ofEpochMilli(row.getLong("created_at")));
    }
}
