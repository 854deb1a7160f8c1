package dev.countersign.notify;

import dev.countersign.db.Database;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * Takes notifications out of the store that are over: sent, given up or void on every channel, and old. What is still to be sent
 * stays, however old. Idempotent, safe on many nodes at once; a bounded number of rows in each transaction and in each go, so that
 * nobody waits for it. Locks a notification before its deliveries, as {@link Deliveries} does, and nothing else.
 */
public final class Forgetting {
    private static final int BATCH = 200;
    private static final int BATCHES_MAX = 50;
    private static final String OVER = """
            SELECT id FROM notification WHERE spread = TRUE AND created_at < :before AND NOT EXISTS
                (SELECT 1 FROM delivery WHERE notification_id = notification.id AND state = 'DUE')
            ORDER BY spread, created_at, id LIMIT :limit
            """;
    private static final String HOLD = "SELECT id FROM notification WHERE id = :id FOR UPDATE";
    private static final String DELIVERIES = "DELETE FROM delivery WHERE notification_id = :id AND state <> 'DUE'";
    private static final String NOTIFICATION = """
            DELETE FROM notification WHERE id = :id
                AND NOT EXISTS (SELECT 1 FROM delivery WHERE notification_id = :id)
            """;

    private final Database database;
    private final Clock clock;
    private final Duration keep;

    /**
     * For one store.
     *
     * @param keep how old what is taken out is at least
     */
    public Forgetting(Database database, Clock clock, Duration keep) {
        this.database = database;
        this.clock = clock;
        this.keep = keep;
    }

    /** Takes out what is due; when that is very much, the rest of it the next time. */
    public void run() {
        long before = clock.instant().minus(keep).toEpochMilli();
        for (int batch = 0; batch < BATCHES_MAX; batch++) {
            List<String> over = database.jdbi()
                    .withHandle(handle -> handle.createQuery(OVER)
                            .bind("before", before)
                            .bind("limit", BATCH)
                            .mapTo(String.class)
                            .list());
            if (!over.isEmpty()) {
                take(over);
            }
            if (over.size() < BATCH) {
                return;
            }
        }
    }

    private void take(List<String> over) {
        database.useTransaction(tx -> {
            for (String id : over) {
                tx.createQuery(HOLD).bind("id", id).mapTo(String.class).findOne();
                tx.createUpdate(DELIVERIES).bind("id", id).execute();
                tx.createUpdate(NOTIFICATION).bind("id", id).execute();
            }
        });
    }
}
