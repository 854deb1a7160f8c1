package dev.countersign.approval;

import dev.countersign.db.Database;
import dev.countersign.db.Sql;
import dev.countersign.thread.ThreadRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Rows that say whom to tell of what. Each is written in the transaction that causes it, once for each cause: a cause that is
 * gone through again finds its row. Delivering them is somebody else's. Safe for use by many threads and processes.
 */
public final class Notifications {
    private static final String INSERT = """
            INSERT INTO notification (id, thread_id, approval_id, kind, created_at, delivered_at)
            SELECT :id, :thread, :approval, :kind, CAST(:at AS BIGINT), NULL
            WHERE NOT EXISTS (SELECT 1 FROM notification WHERE id = :id)
            """;
    private static final Sql INSERT_ONCE = Sql.of(INSERT);
    // Most people never ask to be told of a job's end: then nothing is written for it.
    private static final String INSERT_IF_WANTED = INSERT + """
                AND EXISTS (SELECT 1 FROM notification_choice WHERE login = :owner AND kind = :kind AND wanted = TRUE)
            """;
    private static final String UNDELIVERED =
            "SELECT * FROM notification WHERE delivered_at IS NULL ORDER BY created_at, id LIMIT :limit";
    private static final String BY_ID = "SELECT * FROM notification WHERE id = :id";

    private final Database database;
    private final Clock clock;

    public Notifications(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Those that nobody has delivered yet, oldest first. For looking at them: it goes through all. */
    public List<Notification> undelivered(int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(UNDELIVERED)
                        .bind("limit", limit)
                        .map((row, context) -> read(row))
                        .list());
    }

    /** One of them, delivered or not; empty when its thread was taken away. */
    public Optional<Notification> find(String id) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(BY_ID)
                        .bind("id", id)
                        .map((row, context) -> read(row))
                        .findOne());
    }

    /** Says, within the transaction that lets a thread rest so, that a person must look at it; once for each lease of it. */
    public void needsAttention(Handle tx, ThreadRow thread) {
        Notification.Kind kind = Notification.Kind.NEEDS_ATTENTION;
        String id = thread.id() + "/" + kind + "/" + thread.fence();
        insert(tx, new Notification(id, thread.id(), null, kind, clock.instant(), null));
    }

    /** Says, within the transaction that ends a job, that it has ended; nothing where its owner has not asked for it. */
    public void jobFinished(Handle tx, ThreadRow job) {
        Notification.Kind kind = Notification.Kind.JOB_FINISHED;
        tx.createUpdate(INSERT_IF_WANTED)
                .bind("id", job.id() + "/" + kind + "/0")
                .bind("thread", job.id())
                .bindNull("approval", Types.VARCHAR)
                .bind("kind", kind.name())
                .bind("at", clock.millis())
                .bind("owner", job.owner())
                .execute();
    }

    /**
     * Says something of an approval.
     *
     * @param occurrence tells causes of one kind apart
     */
    static void about(Handle tx, Approval approval, Notification.Kind kind, int occurrence, Instant at) {
        String id = approval.id() + "/" + kind + "/" + occurrence;
        insert(tx, new Notification(id, approval.threadId(), approval.id(), kind, at, null));
    }

    private static void insert(Handle tx, Notification notification) {
        var update = INSERT_ONCE
                .on(tx)
                .bind("id", notification.id())
                .bind("thread", notification.threadId())
                .bind("kind", notification.kind().name())
                .bind("at", notification.createdAt().toEpochMilli());
        @Nullable String approval = notification.approvalId();
        if (approval == null) {
            update.bindNull("approval", Types.VARCHAR);
        } else {
            update.bind("approval", approval);
        }
        update.execute();
    }

    private static Notification read(ResultSet row) throws SQLException {
        long delivered = row.getLong("delivered_at");
        Instant deliveredAt = row.wasNull() ? null : Instant.ofEpochMilli(delivered);
        return new Notification(
                row.getString("id"),
                row.getString("thread_id"),
                row.getString("approval_id"),
                Notification.Kind.valueOf(row.getString("kind")),
                Instant.ofEpochMilli(row.getLong("created_at")),
                deliveredAt);
    }
}
