package dev.countersign.notify;

import dev.countersign.config.NotifyConfig.Channel;
import dev.countersign.db.Database;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * How far each notification has come on each channel. An attempt is begun by a conditional update that counts it, committed
 * before anything is sent, and ended by one that names the count: of several nodes one sends, and a node that comes back late
 * changes nothing. A row whose node died during an attempt is due again when {@code next_at} has passed. Takes locks on
 * notifications and deliveries only, in this order. Safe for use by many threads and processes.
 */
final class Deliveries {
    private static final String UNSPREAD =
            "SELECT id FROM notification WHERE spread = FALSE ORDER BY spread, created_at, id LIMIT :limit";
    private static final String SPREAD = "UPDATE notification SET spread = TRUE WHERE id = :id AND spread = FALSE";
    private static final String INSERT = """
            INSERT INTO delivery (notification_id, channel, state, attempts, next_at, problem)
            VALUES (:id, :channel, 'DUE', 0, :at, NULL)
            """;
    private static final String DUE = """
            SELECT notification_id, attempts FROM delivery WHERE channel = :channel AND state = 'DUE' AND next_at <= :now
            ORDER BY channel, state, next_at LIMIT :limit
            """;
    private static final String BEGIN = """
            UPDATE delivery SET attempts = attempts + 1, next_at = :until
            WHERE notification_id = :id AND channel = :channel AND state = 'DUE' AND attempts = :seen AND next_at <= :now
            """;
    private static final String PUT_OFF = """
            UPDATE delivery SET next_at = :at, problem = :problem
            WHERE notification_id = :id AND channel = :channel AND state = 'DUE' AND attempts = :attempt
            """;
    private static final String END = """
            UPDATE delivery SET state = :state, problem = :problem
            WHERE notification_id = :id AND channel = :channel AND state = 'DUE' AND attempts = :attempt
            """;
    private static final String HOLD = "SELECT id FROM notification WHERE id = :id FOR UPDATE";
    private static final String DELIVERED = """
            UPDATE notification SET delivered_at = :now WHERE id = :id AND NOT EXISTS
                (SELECT 1 FROM delivery WHERE notification_id = :id AND state <> 'SENT')
            """;
    private static final String COUNT = "SELECT COUNT(*) FROM delivery WHERE channel = :channel AND state = :state";

    private final Database database;
    private final Clock clock;

    Deliveries(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Where a delivery stands. */
    enum State {
        /** To be attempted when its time has come, or being attempted. */
        DUE,
        SENT,
        /** Attempted for the last time; a person may find out why. */
        GIVEN_UP,
        /** Its subject was taken away, or there is nobody to tell. */
        VOID
    }

    /**
     * A delivery, or an attempt at it.
     *
     * @param attempt how many were begun, with this one
     */
    record Attempt(String notification, Channel channel, int attempt) {}

    /**
     * Gives each new notification its deliveries, a bounded number at a time; with no channel, none.
     *
     * @return whether there may be more
     */
    boolean spread(Collection<Channel> channels, int limit) {
        List<String> fresh = database.jdbi()
                .withHandle(handle -> handle.createQuery(UNSPREAD)
                        .bind("limit", limit)
                        .mapTo(String.class)
                        .list());
        if (!fresh.isEmpty()) {
            database.useTransaction(tx -> fresh.forEach(id -> spread(tx, id, channels)));
        }
        return fresh.size() == limit;
    }

    private void spread(Handle tx, String id, Collection<Channel> channels) {
        if (tx.createUpdate(SPREAD).bind("id", id).execute() == 1) {
            for (Channel channel : channels) {
                tx.createUpdate(INSERT)
                        .bind("id", id)
                        .bind("channel", channel.name())
                        .bind("at", clock.millis())
                        .execute();
            }
        }
    }

    /** What may be attempted on a channel now, longest due first, with the attempts so far. */
    List<Attempt> due(Channel channel, int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(DUE)
                        .bind("channel", channel.name())
                        .bind("now", clock.millis())
                        .bind("limit", limit)
                        .map((row, context) -> new Attempt(row.getString(1), channel, row.getInt(2)))
                        .list());
    }

    /** Begins the next attempt, which nobody else then makes before {@code until}; false when somebody else has. */
    boolean begin(Attempt next, Instant until) {
        return database.inTransaction(tx -> tx.createUpdate(BEGIN)
                        .bind("id", next.notification())
                        .bind("channel", next.channel().name())
                        .bind("seen", next.attempt() - 1)
                        .bind("now", clock.millis())
                        .bind("until", until.toEpochMilli())
                        .execute()
                == 1);
    }

    /** Ends an attempt that failed; nothing where somebody else has begun another since. */
    void putOff(Attempt failed, Instant next, String problem) {
        database.useTransaction(tx -> tx.createUpdate(PUT_OFF)
                .bind("id", failed.notification())
                .bind("channel", failed.channel().name())
                .bind("attempt", failed.attempt())
                .bind("at", next.toEpochMilli())
                .bind("problem", problem)
                .execute());
    }

    /** Ends a delivery; the notification counts as delivered once it was sent on all its channels. */
    void end(Attempt last, State state, String problem) {
        database.useTransaction(tx -> {
            // Two channels that end at the same time must not both leave the other to be the last.
            tx.createQuery(HOLD)
                    .bind("id", last.notification())
                    .mapTo(String.class)
                    .findOne();
            int hit = tx.createUpdate(END)
                    .bind("id", last.notification())
                    .bind("channel", last.channel().name())
                    .bind("attempt", last.attempt())
                    .bind("state", state.name())
                    .bind("problem", problem)
                    .execute();
            if (hit == 1 && state == State.SENT) {
                tx.createUpdate(DELIVERED)
                        .bind("id", last.notification())
                        .bind("now", clock.millis())
                        .execute();
            }
        });
    }

    long count(Channel channel, State state) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(COUNT)
                        .bind("channel", channel.name())
                        .bind("state", state.name())
                        .mapTo(Long.class)
                        .one());
    }
}
