package dev.countersign.approval;

import dev.countersign.db.Database;
import java.time.Instant;
import java.util.Optional;

/** How many approvals wait for a reviewer, over the whole store, and since when the oldest does. No texts are opened. */
public final class Backlog {
    private static final String COUNT =
            "SELECT count(*) AS pending, min(created_at) AS oldest FROM approval WHERE state = 'PENDING'";

    private final Database database;

    public Backlog(Database database) {
        this.database = database;
    }

    /**
     * What was counted.
     *
     * @param oldest when the longest waiting one was asked for; empty when none waits
     */
    public record Count(long pending, Optional<Instant> oldest) {}

    /** Counts, in one statement. */
    public Count take() {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(COUNT)
                        .map((set, context) -> {
                            long pending = set.getLong("pending");
                            Instant oldest = Instant.ofEpochMilli(set.getLong("oldest"));
                            return new Count(pending, pending == 0 ? Optional.empty() : Optional.of(oldest));
                        })
                        .one());
    }
}
