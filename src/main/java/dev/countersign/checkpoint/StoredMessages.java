package dev.countersign.checkpoint;

import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.countersign.db.Database;
import dev.countersign.db.Sql;
import dev.countersign.db.TextCipher;
import dev.countersign.thread.LogKeys;
import dev.countersign.thread.Message;
import dev.countersign.thread.Transcript;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The messages of threads in their append-only logs: written once, read by need, never changed. */
final class StoredMessages {
    private static final Sql INSERT = Sql.of("INSERT INTO message (log_id, idx, body) VALUES (:log, :idx, :body)");
    private static final Sql SELECT_RANGE = Sql.of(
            "SELECT idx, body FROM message WHERE log_id = :log AND idx >= :from AND idx < :to ORDER BY log_id, idx");
    // A thread whose log no other shares has no row: all of its transcript is its own log.
    private static final Sql SELECT_SEGMENTS = Sql.of("""
            SELECT COALESCE(s.log_id, t.log_id), COALESCE(s.first_idx, 0), COALESCE(s.last_idx, -1)
            FROM thread t LEFT JOIN segment s ON s.thread_id = t.id WHERE t.id = :thread ORDER BY t.id, s.part
            """);

    private final Database database;
    private final LogKeys keys;

    StoredMessages(Database database, LogKeys keys) {
        this.database = database;
        this.keys = keys;
    }

    /**
     * A stretch of a log.
     *
     * @param last exclusive; -1 while the thread still appends there
     */
    record Segment(String logId, int first, int last) {
        int length(int rest) {
            return last < 0 ? rest : Math.min(rest, last - first);
        }
    }

    /** What a thread's transcript is made of, in order; nothing for one that is not there. */
    List<Segment> segments(Handle handle, String threadId) {
        return SELECT_SEGMENTS
                .on(handle)
                .bind("thread", threadId)
                .all(row -> new Segment(row.getString(1), row.getInt(2), row.getInt(3)));
    }

    /** How many messages stand before the segment the thread appends to. */
    static int ownLogBase(List<Segment> segments) {
        int base = 0;
        for (Segment segment : segments) {
            base += segment.last() < 0 ? 0 : segment.last() - segment.first();
        }
        return base;
    }

    Transcript transcript(List<Segment> segments, int size) {
        return transcript(segments, size, List.of());
    }

    /** One whose newest messages are known. */
    Transcript transcript(List<Segment> segments, int size, List<Message> newest) {
        return Transcript.stored(
                size, newest, (from, to) -> database.jdbi().withHandle(handle -> read(handle, segments, from, to)));
    }

    private List<Message> read(Handle handle, List<Segment> segments, int from, int to) {
        List<Message> messages = new ArrayList<>(to - from);
        int start = 0;
        for (Segment segment : segments) {
            int length = segment.length(to - start);
            int first = Math.max(from, start);
            int last = Math.min(to, start + length);
            if (first < last) {
                int shift = segment.first() - start;
                messages.addAll(readLog(handle, segment.logId(), first + shift, last + shift));
            }
            start += length;
        }
        if (messages.size() != to - from) {
            throw new CountersignException(
                    Transcript.UNREADABLE,
                    "expected messages " + from + " to " + to + " of a transcript, got " + messages.size()
                            + ": the store lost rows, restore it from a backup");
        }
        return messages;
    }

    private List<Message> readLog(Handle handle, String logId, int from, int to) {
        TextCipher cipher = keys.of(handle, logId);
        return SELECT_RANGE
                .on(handle)
                .bind("log", logId)
                .bind("from", from)
                .bind("to", to)
                .all(row -> Json.read(
                        cipher.decrypt(row.getBytes("body"), Message.place(row.getInt("idx"))), Message.class));
    }

    /**
     * Messages made ready for their place in a log.
     *
     * @param first the index of the first one there
     */
    record Fresh(String logId, int first, List<byte[]> bodies) {}

    /** Makes messages ready, which takes longer than writing them; writes nothing. */
    Fresh seal(Handle handle, String logId, int first, List<Message> messages) {
        List<byte[]> bodies = new ArrayList<>(messages.size());
        for (Message message : messages) {
            bodies.add(keys.of(handle, logId).encrypt(Json.write(message), Message.place(first + bodies.size())));
        }
        return new Fresh(logId, first, bodies);
    }

    void append(Handle tx, Fresh fresh) {
        if (fresh.bodies().isEmpty()) {
            return;
        }
        Sql.Said batch = INSERT.on(tx);
        int idx = fresh.first();
        for (byte[] body : fresh.bodies()) {
            batch.bind("log", fresh.logId()).bind("idx", idx).bind("body", body).add();
            idx++;
        }
        batch.executeAll();
    }
}
