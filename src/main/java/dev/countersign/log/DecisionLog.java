package dev.countersign.log;

import dev.countersign.core.CountersignException;
import dev.countersign.core.Digest;
import dev.countersign.core.ErrorCode;
import dev.countersign.db.Database;
import dev.countersign.db.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The decision log: one hash-chained row for every request, refusal, decision, dispatch and outcome (promise 11). A row commits
 * together with what it tells of, or not at all. Nothing here changes or removes one. Safe for use by many threads and processes:
 * whoever appends holds the head until the commit, so the chain has neither gaps nor branches.
 *
 * <p>The head is the last lock of every transaction: after it only rows of the same thread may be touched, whose thread row is
 * held already. The other way round two nodes would wait for each other.
 */
public final class DecisionLog {
    private static final ErrorCode NO_HEAD = new ErrorCode("CS-241", ErrorCode.Kind.CORRUPT);

    private static final Sql SELECT_HEAD = Sql.of("SELECT seq, hash FROM decision_log_head WHERE id = 1");
    private static final Sql HOLD_HEAD = Sql.of("SELECT seq, hash FROM decision_log_head WHERE id = 1 FOR UPDATE");
    private static final Sql INSERT = Sql.of("""
            INSERT INTO decision_log (seq, created_at, kind, thread_id, subject, actor, detail, hash)
            VALUES (:seq, :at, :kind, :thread, :subject, :actor, :detail, :hash)
            """);
    private static final Sql MOVE_HEAD = Sql.of("""
            UPDATE decision_log_head SET seq = :seq, hash = :hash WHERE id = 1 AND seq = :was AND hash = :was_hash
            """);
    private static final String SELECT_PAGE = """
            SELECT seq, created_at, kind, thread_id, subject, actor, detail, hash FROM decision_log
            WHERE seq > :after ORDER BY seq LIMIT :limit
            """;

    private final Database database;
    private final Clock clock;
    private final boolean isSilent;

    /** What was appended here last, committed or not: where it is still the log's end, the head need not be read first. */
    private volatile @Nullable LogHead guess;

    public DecisionLog(Database database, Clock clock) {
        this(database, clock, false);
    }

    private DecisionLog(Database database, Clock clock, boolean isSilent) {
        this.database = database;
        this.clock = clock;
        this.isSilent = isSilent;
    }

    /** One that keeps nothing: where a record is run again, nobody asks for, decides or sends anything. */
    public static DecisionLog silent(Database database, Clock clock) {
        return new DecisionLog(database, clock, true);
    }

    /** Writes the entry in the caller's transaction, of which it should be the last statement. */
    public void append(Handle tx, LogEntry entry) {
        if (isSilent) {
            return;
        }
        LogHead likely = guess;
        if (likely == null || !appended(tx, likely, entry)) {
            LogHead held = head(tx, HOLD_HEAD);
            if (!appended(tx, held, entry)) {
                throw new IllegalStateException("the log's head moved from " + held.seq() + " while it was held");
            }
        }
    }

    /** Moving the head holds it, and only the very head that the row's hash goes on from is moved. */
    private boolean appended(Handle tx, LogHead before, LogEntry entry) {
        LogRow row = LogRow.after(before, clock.millis(), entry);
        if (!move(tx, before, row.head())) {
            return false;
        }
        bound(INSERT.on(tx), row).execute();
        guess = row.head();
        return true;
    }

    /**
     * Writes many entries in the order given, as {@link #append} would one by one, in few statements: for filling a store.
     */
    public void appendAll(Handle tx, List<LogEntry> entries) {
        if (isSilent || entries.isEmpty()) {
            return;
        }
        LogHead before = head(tx, HOLD_HEAD);
        LogHead last = before;
        Sql.Said batch = INSERT.on(tx);
        for (LogEntry entry : entries) {
            LogRow row = LogRow.after(last, clock.millis(), entry);
            bound(batch, row).add();
            last = row.head();
        }
        batch.executeAll();
        if (!move(tx, before, last)) {
            throw new IllegalStateException("the log's head moved from " + before.seq() + " while it was held");
        }
    }

    private static Sql.Said bound(Sql.Said insert, LogRow row) {
        return insert.bind("seq", row.seq())
                .bind("at", row.at())
                .bind("kind", row.kind())
                .bind("thread", row.threadId())
                .bind("subject", row.subject())
                .bind("actor", row.actor())
                .bind("detail", row.detail())
                .bind("hash", Digest.bytes(row.hash()));
    }

    private static boolean move(Handle tx, LogHead before, LogHead now) {
        return MOVE_HEAD
                        .on(tx)
                        .bind("seq", now.seq())
                        .bind("hash", now.hash())
                        .bind("was", before.seq())
                        .bind("was_hash", before.hash())
                        .execute()
                == 1;
    }

    /**
     * Where the log ends now.
     *
     * @throws CountersignException {@code CS-241} when the head's row is not there
     */
    public LogHead head() {
        return database.jdbi().withHandle(handle -> head(handle, SELECT_HEAD));
    }

    /** The rows after the given one, oldest first, at most so many. */
    public LogPage page(long after, int limit) {
        return database.jdbi().withHandle(handle -> {
            List<LogRow> rows = handle.createQuery(SELECT_PAGE)
                    .bind("after", after)
                    .bind("limit", limit)
                    .map((row, context) -> row(row))
                    .list();
            // Read after the rows: then none of them can be newer than it, however many are appended meanwhile.
            return new LogPage(rows, head(handle, SELECT_HEAD));
        });
    }

    private static LogHead head(Handle handle, Sql query) {
        return query.on(handle)
                .first(row -> new LogHead(row.getLong(1), row.getString(2)))
                .orElseThrow(() -> new CountersignException(
                        NO_HEAD, "expected one row in decision_log_head, got none: somebody has taken it out"));
    }

    private static LogRow row(ResultSet row) throws SQLException {
        return new LogRow(
                row.getLong("seq"),
                row.getLong("created_at"),
                row.getString("kind"),
                row.getString("thread_id"),
                row.getString("subject"),
                row.getString("actor"),
                row.getString("detail"),
                Digest.ofBytes(row.getBytes("hash")));
    }
}
