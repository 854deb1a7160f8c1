package dev.countersign.checkpoint;

import dev.countersign.db.Database;
import dev.countersign.thread.LogKeys;
import dev.countersign.thread.ThreadRow;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What steps have noted of the world ({@link Turn#note}), for whoever replays them. Notes stand among a checkpoint's small keys,
 * under the thread's key as these are, and are never part of a state. Safe for use by many threads.
 */
public final class StepNotes {
    /** No key of a state is called so. */
    static final String KEY = "~seen";

    private static final String SELECT =
            "SELECT seq, format, keys FROM checkpoint WHERE thread_id = :thread AND seq <= :head ORDER BY thread_id, seq";

    private final Database database;
    private final LogKeys keys;

    public StepNotes(Database database, LogKeys keys) {
        this.database = database;
        this.keys = keys;
    }

    /** The notes of a thread's steps up to the head that the row names, by the steps' numbers; a step without any is left out. */
    public Map<Long, List<String>> of(ThreadRow thread) {
        Map<Long, List<String>> notes = new HashMap<>();
        database.jdbi().useHandle(handle -> {
            StepStates states = new StepStates(handle, keys.of(handle, thread.logId()), thread.id());
            handle.createQuery(SELECT)
                    .bind("thread", thread.id())
                    .bind("head", thread.head())
                    .map((row, context) -> {
                        long seq = row.getLong("seq");
                        Object seen = states.read(seq, row.getInt("format"), row.getBytes("keys"))
                                .get(KEY);
                        return Map.entry(seq, seen instanceof List<?> list ? list : List.of());
                    })
                    .forEach(entry -> put(notes, entry));
        });
        return notes;
    }

    private static void put(Map<Long, List<String>> notes, Map.Entry<Long, ? extends List<?>> entry) {
        if (!entry.getValue().isEmpty()) {
            notes.put(
                    entry.getKey(),
                    entry.getValue().stream().map(String.class::cast).toList());
        }
    }
}
