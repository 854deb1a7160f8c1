package dev.countersign.thread;

import dev.countersign.db.Database;
import java.util.EnumMap;
import java.util.Map;

/** How many threads stand where, over the whole store. It counts all of them, so it is for operators, now and then, not for turns. */
public final class Census {
    private static final String COUNT =
            "SELECT status, count(*) AS threads, sum(events_accepted - events_done) AS waiting FROM thread GROUP BY status";

    private final Database database;

    public Census(Database database) {
        this.database = database;
    }

    /**
     * What was counted.
     *
     * @param threads by status; every status is there
     * @param eventsWaiting accepted and not yet consumed
     */
    public record Count(Map<ThreadStatus, Long> threads, long eventsWaiting) {
        public Count {
            threads = Map.copyOf(threads);
        }
    }

    private record Row(ThreadStatus status, long threads, long waiting) {}

    /** Counts, in one statement. */
    public Count take() {
        Map<ThreadStatus, Long> threads = new EnumMap<>(ThreadStatus.class);
        for (ThreadStatus status : ThreadStatus.values()) {
            threads.put(status, 0L);
        }
        long waiting = 0;
        for (Row row : database.jdbi()
                .withHandle(handle -> handle.createQuery(COUNT)
                        .map((set, context) -> new Row(
                                ThreadStatus.valueOf(set.getString("status")),
                                set.getLong("threads"),
                                set.getLong("waiting")))
                        .list())) {
            threads.put(row.status(), row.threads());
            waiting += row.waiting();
        }
        return new Count(threads, waiting);
    }
}
