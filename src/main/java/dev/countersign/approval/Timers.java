package dev.countersign.approval;

import dev.countersign.db.Database;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The times in an approval's row: when it is closed, and when it is looked after once more. Taking one is a conditional update
 * that sets the next, so among many nodes one acts, and after a crash somebody acts again. Safe for use by many threads.
 */
final class Timers {
    private static final String DUE_TO_CLOSE =
            "SELECT id FROM approval WHERE state = 'PENDING' AND close_at <= :now ORDER BY state, close_at LIMIT :limit";
    private static final String CLOSING = "SELECT closings, withdrawn FROM approval WHERE id = :id";
    // The version rises: whoever saw the row before, such as a reviewer's extension, no longer changes it.
    private static final String TAKE_CLOSING = """
            UPDATE approval SET version = version + 1, closings = closings + 1, close_at = :next
            WHERE id = :id AND version = :version AND state = 'PENDING' AND close_at <= :now
            """;
    private static final String PUT_OFF_CLOSING =
            "UPDATE approval SET close_at = :next WHERE id = :id AND state = 'PENDING'";
    private static final String ASK_WITHDRAWAL = """
            UPDATE approval SET withdrawn = TRUE, close_at = :at
            WHERE id = :id AND withdrawn = FALSE AND (state = 'FILING' OR state = 'PENDING')
            """;
    private static final String GIVE_UP =
            "UPDATE approval SET withdrawn = TRUE WHERE id = :id AND withdrawn = FALSE AND state = 'APPROVED'";
    private static final String EXTEND = """
            UPDATE approval SET version = version + 1, extensions = extensions + 1, deadline = :deadline, close_at = :deadline,
                remind_at = :remind, escalate_at = :escalate
            WHERE id = :id AND version = :version AND state = 'PENDING' AND deadline > :now AND withdrawn = FALSE
                AND closings = 0
            """;
    private static final String LOOK_AFTER = "UPDATE approval SET look_at = :at, looks = 0 WHERE id = :id";
    // Above 0: H2 would otherwise go through all that have no such time, which stand first in the index.
    private static final String DUE_TO_LOOK =
            "SELECT id FROM approval WHERE look_at > 0 AND look_at <= :now ORDER BY look_at LIMIT :limit";
    private static final String LOOKS = "SELECT looks FROM approval WHERE id = :id";
    private static final String TAKE_LOOK =
            "UPDATE approval SET look_at = :next, looks = looks + 1 WHERE id = :id AND looks = :looks AND look_at <= :now";
    private static final String END_LOOKS = "UPDATE approval SET look_at = NULL WHERE id = :id";

    private final Database database;
    private final Clock clock;

    Timers(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    Clock clock() {
        return clock;
    }

    /**
     * How far closing has come.
     *
     * @param tries with the one that was just taken
     * @param withdrawn whether its requester wants it no more, rather than its deadline having passed
     */
    record Closing(int tries, boolean withdrawn) {}

    /** The times that an extension sets. */
    record Extended(
            Instant deadline,
            @Nullable Instant remindAt,
            @Nullable Instant escalateAt) {}

    List<String> dueToClose(int limit) {
        return due(DUE_TO_CLOSE, limit);
    }

    private List<String> due(String query, int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(query)
                        .bind("now", clock.millis())
                        .bind("limit", limit)
                        .mapTo(String.class)
                        .list());
    }

    /** Takes the next try to close, which nobody else then makes before {@code next}; empty when somebody else has it. */
    Optional<Closing> takeClosing(Approval seen, Instant next) {
        return database.inTransaction(tx -> {
            int hit = tx.createUpdate(TAKE_CLOSING)
                    .bind("id", seen.id())
                    .bind("version", seen.version())
                    .bind("now", clock.millis())
                    .bind("next", next.toEpochMilli())
                    .execute();
            return hit == 0 ? Optional.empty() : Optional.of(closing(tx, seen.id()));
        });
    }

    private static Closing closing(Handle handle, String id) {
        return handle.createQuery(CLOSING)
                .bind("id", id)
                .map((row, context) -> new Closing(row.getInt(1), row.getBoolean(2)))
                .one();
    }

    void putOffClosing(String id, Instant next) {
        database.useTransaction(tx -> tx.createUpdate(PUT_OFF_CLOSING)
                .bind("id", id)
                .bind("next", next.toEpochMilli())
                .execute());
    }

    void askWithdrawal(Handle tx, String id, Instant at) {
        tx.createUpdate(ASK_WITHDRAWAL)
                .bind("id", id)
                .bind("at", at.toEpochMilli())
                .execute();
    }

    void giveUp(Handle tx, String id) {
        tx.createUpdate(GIVE_UP).bind("id", id).execute();
    }

    /** Whether the row was still as it was seen, pending, in time, and wanted. */
    boolean extend(Handle tx, Approval seen, Extended times) {
        return tx.createUpdate(EXTEND)
                        .bind("id", seen.id())
                        .bind("version", seen.version())
                        .bind("now", clock.millis())
                        .bind("deadline", times.deadline().toEpochMilli())
                        .bind("remind", millis(times.remindAt()))
                        .bind("escalate", millis(times.escalateAt()))
                        .execute()
                == 1;
    }

    private static @Nullable Long millis(@Nullable Instant time) {
        return time == null ? null : time.toEpochMilli();
    }

    /** Lets somebody look after an approval's reference, from the beginning of the schedule. */
    void lookAfter(Handle tx, String id, Duration in) {
        tx.createUpdate(LOOK_AFTER)
                .bind("id", id)
                .bind("at", clock.millis() + in.toMillis())
                .execute();
    }

    List<String> dueToLook(int limit) {
        return due(DUE_TO_LOOK, limit);
    }

    /** How often somebody has looked before. */
    int looks(String id) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(LOOKS)
                        .bind("id", id)
                        .mapTo(Integer.class)
                        .one());
    }

    /** Takes a look, which nobody else then makes before {@code next}; false when somebody else has it. */
    boolean takeLook(String id, int looks, Instant next) {
        return database.inTransaction(tx -> tx.createUpdate(TAKE_LOOK)
                        .bind("id", id)
                        .bind("looks", looks)
                        .bind("now", clock.millis())
                        .bind("next", next.toEpochMilli())
                        .execute()
                == 1);
    }

    void endLooks(String id) {
        database.useTransaction(tx -> tx.createUpdate(END_LOOKS).bind("id", id).execute());
    }
}
