package dev.countersign.checkpoint;

import dev.countersign.core.CountersignException;
import dev.countersign.db.Sql;
import dev.countersign.db.TextCipher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/**
 * The small keys of steps as they lie in their rows, sealed for the row they lie in. A step that is written alone has its own (format
 * 1). Steps that are written together are much alike, and lie together in the newest one's row, as a list, oldest first (format 2); each of
 * the others has one byte there, that says how many steps further that is. A reader is for one thread of a store, within one handle.
 */
final class StepStates {
    /** The newest format; all from 1 on are read. */
    static final int FORMAT = 2;

    private static final int ALONE = 1;
    private static final int TOGETHER = 2;
    private static final int TOGETHER_MAX = 100;
    private static final Sql SELECT_KEYS =
            Sql.of("SELECT keys FROM checkpoint WHERE thread_id = :thread AND seq = :seq");

    private final Handle handle;
    private final TextCipher cipher;
    private final String threadId;
    private long openedAt;
    private List<Map<String, Object>> opened = List.of();

    StepStates(Handle handle, TextCipher cipher, String threadId) {
        this.handle = handle;
        this.cipher = cipher;
        this.threadId = threadId;
    }

    /** The format of the rows of so many steps that are written together. */
    static int format(int together) {
        return together == 1 || together > TOGETHER_MAX ? ALONE : TOGETHER;
    }

    /**
     * Makes the states of steps that are written together ready for their rows, in the {@link #format} of so many.
     *
     * @param first the seq of the oldest; the others follow on it
     */
    static List<byte[]> lay(TextCipher cipher, String threadId, long first, List<Map<String, Object>> states) {
        List<byte[]> rows = new ArrayList<>(states.size());
        if (format(states.size()) == ALONE) {
            for (Map<String, Object> state : states) {
                rows.add(cipher.encrypt(KeyCodec.write(state), place(threadId, first + rows.size())));
            }
            return rows;
        }
        for (int further = states.size() - 1; further > 0; further--) {
            rows.add(new byte[] {(byte) further});
        }
        rows.add(cipher.encrypt(KeyCodec.writeAll(states), place(threadId, first + rows.size())));
        return rows;
    }

    /**
     * The state in a row.
     *
     * @return the caller's own
     * @throws dev.countersign.core.CountersignException {@code CS-204} or {@code CS-220} when it cannot be read, {@code CS-221}
     *     when it is of a format that is not known
     */
    Map<String, Object> read(long seq, int format, byte[] keys) {
        String where = threadId + "/" + seq;
        if (format < ALONE || format > FORMAT) {
            throw new CountersignException(
                    CheckpointStore.NEWER_FORMAT,
                    "checkpoint " + where + ": expected format 1 to " + FORMAT + ", got " + format
                            + ". It was written by another version; use that version, or migrate the store.");
        }
        if (format == ALONE) {
            return KeyCodec.read(cipher.decrypt(keys, place(threadId, seq)), where);
        }
        int further = keys.length == 1 ? keys[0] : 0;
        if (further < 0) {
            throw KeyCodec.unreadable(where, "keys " + further + " steps further");
        }
        if (openedAt != seq + further) {
            open(seq + further, further == 0 ? keys : keysAt(seq + further, where), where);
        }
        int index = opened.size() - 1 - further;
        if (index < 0) {
            throw KeyCodec.unreadable(where, "a list of " + opened.size() + " in step " + openedAt);
        }
        return KeyCodec.copy(opened.get(index));
    }

    private void open(long seq, byte[] keys, String where) {
        opened = KeyCodec.readAll(cipher.decrypt(keys, place(threadId, seq)), where);
        openedAt = seq;
    }

    private byte[] keysAt(long seq, String where) {
        return SELECT_KEYS
                .on(handle)
                .bind("thread", threadId)
                .bind("seq", seq)
                .first(row -> row.getBytes(1))
                .orElseThrow(() -> KeyCodec.unreadable(where, "no row of step " + seq + ", where its keys are"));
    }

    /** Where a row's keys belong, for their cipher. */
    private static String place(String threadId, long seq) {
        return "checkpoint " + threadId + " " + seq;
    }
}
