package dev.countersign.approval;

import dev.countersign.core.CountersignException;
import dev.countersign.core.Digest;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Json;
import dev.countersign.core.Mark;
import dev.countersign.db.Database;
import dev.countersign.db.Sql;
import dev.countersign.log.DecisionLog;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.LogKeys;
import dev.countersign.thread.ThreadRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Approvals. Every change is a conditional update on the version that was seen: whoever comes second changes nothing and is
 * told so. Every change is a row of the decision log, in the same transaction. Texts are encrypted under the thread's key. Safe
 * for use by many threads and processes.
 */
public final class ApprovalStore {
    private static final ErrorCode MOVED = new ErrorCode("CS-231", ErrorCode.Kind.CONFLICT);

    private static final Sql INSERT = Sql.of("""
            INSERT INTO approval (id, thread_id, filing_key, reference, kind, state, version, requester, agent, tool,
                argument_digest, body, resource_instance, request_id, reviewer, comment, created_at, deadline, next_check,
                decided_at, remind_at, escalate_at, close_at)
            VALUES (:id, :thread, :key, :reference, :kind, 'FILING', 0, :requester, :agent, :tool,
                :digest, :body, :instance, NULL, NULL, NULL, :at, :deadline, :at,
                NULL, :remind, :escalate, :deadline)
            """);
    private static final String SELECT =
            "SELECT a.*, t.log_id FROM approval a JOIN thread t ON t.id = a.thread_id WHERE ";
    private static final Sql BY_ID = Sql.of(SELECT + "a.id = :value");
    private static final Sql BY_REQUEST = Sql.of(SELECT + "a.request_id = :value");
    private static final Sql OF_THREAD = Sql.of(SELECT + "a.thread_id = :value ORDER BY a.created_at, a.id");
    private static final Sql OPEN_OF_THREAD =
            Sql.of(SELECT + "a.thread_id = :value AND a.state IN ('FILING', 'PENDING') ORDER BY a.created_at, a.id");
    private static final String UNSPENT = SELECT
            + "a.thread_id IN (<threads>) AND a.state IN ('FILING', 'PENDING', 'APPROVED') AND a.withdrawn = FALSE"
            + " ORDER BY a.created_at, a.id";
    private static final Sql SAME_WISH = Sql.of(SELECT
            + "a.thread_id = :value AND a.argument_digest = :digest"
            + " AND (a.filing_key = :key OR a.state IN ('FILING', 'PENDING', 'APPROVED'))"
            + " ORDER BY CASE WHEN a.filing_key = :key THEN 0 ELSE 1 END, a.created_at LIMIT 1");
    // A yes to what its requester had withdrawn is looked after at once: see Orphans.
    private static final Sql MOVE = Sql.of("""
            UPDATE approval SET state = :to, version = version + 1,
                request_id = COALESCE(:request, request_id), reviewer = COALESCE(:reviewer, reviewer),
                comment = COALESCE(:comment, comment), decided_at = COALESCE(:decided, decided_at), next_check = :check,
                look_at = CASE WHEN withdrawn = TRUE AND :to = 'APPROVED' THEN :check ELSE look_at END
            WHERE id = :id AND version = :version AND state = :from AND (:to <> 'SPENT' OR withdrawn = FALSE)
            """);
    private static final String CHECK_LATER =
            "UPDATE approval SET next_check = :at WHERE id = :id AND state = 'PENDING'";
    // Those that would be due soonest are the youngest, whose decisions are the likeliest.
    private static final String CHECK_NOW = """
            UPDATE approval SET next_check = :now WHERE state = 'PENDING' AND id IN (<ids>)
            """;
    private static final String NOT_DUE = """
            SELECT id FROM approval WHERE state = 'PENDING' AND next_check > :now ORDER BY state, next_check LIMIT :limit
            """;

    private static final Sql HOLD_THREAD = Sql.of("SELECT log_id FROM thread WHERE id = :id FOR UPDATE");

    private final Database database;
    private final LogKeys keys;
    private final Clock clock;
    private final ApprovalLog log;

    public ApprovalStore(Database database, LogKeys keys, Clock clock, DecisionLog log) {
        this.database = database;
        this.keys = keys;
        this.clock = clock;
        this.log = new ApprovalLog(log);
    }

    /**
     * A wish to be written down before it is filed.
     *
     * @param filingKey derived from thread, call and arguments, a {@link Digest}: the same key is the same filing
     * @param argumentDigest a {@link Digest}, too
     */
    public record Filing(
            String id, String filingKey, String reference, ThreadRow thread, String argumentDigest, Wish wish) {}

    /**
     * What is known of a decision, or of a filing that succeeded.
     *
     * @param requestId null when it does not change
     */
    public record Facts(
            @Nullable String requestId,
            @Nullable String reviewer,
            @Nullable String comment,
            @Nullable Instant decidedAt) {
        /** Nothing beyond the move itself. */
        public static final Facts NONE = new Facts(null, null, null, null);
    }

    /** Writes the row that comes before the filing; call within a transaction that checks the lease. */
    public Approval begin(Handle tx, Filing filing) {
        ThreadRow thread = filing.thread();
        long at = clock.millis();
        INSERT.on(tx)
                .bind("id", filing.id())
                .bind("thread", thread.id())
                .bind("key", Digest.bytes(filing.filingKey()))
                .bind("reference", filing.reference())
                .bind("kind", filing.wish().kind().name())
                .bind("requester", thread.owner())
                .bind("agent", thread.agent())
                .bind("tool", filing.wish().tool())
                .bind("digest", Digest.bytes(filing.argumentDigest()))
                .bind("body", keys.of(tx, thread.logId()).encrypt(Json.write(filing.wish()), "approval " + filing.id()))
                // What a model wrote stands in the encrypted body and nowhere else.
                .bindNull("instance", Types.VARCHAR)
                .bind("at", at)
                .bind("deadline", at + filing.wish().deadline().toMillis())
                .bind("remind", later(at, filing.wish().remindAfter()))
                .bind("escalate", later(at, filing.wish().escalateAfter()))
                .execute();
        log.begun(tx, filing);
        return new Approval(
                filing.id(),
                thread.id(),
                filing.reference(),
                ApprovalState.FILING,
                0,
                thread.owner(),
                thread.agent(),
                filing.argumentDigest(),
                filing.wish(),
                null,
                null,
                null,
                Instant.ofEpochMilli(at),
                Instant.ofEpochMilli(at + filing.wish().deadline().toMillis()),
                null,
                false);
    }

    private static @Nullable Long later(long at, @Nullable Duration after) {
        return after == null ? null : at + after.toMillis();
    }

    public Optional<Approval> find(String id) {
        return database.jdbi().withHandle(handle -> one(handle, BY_ID, id));
    }

    /** The approval that stands for a request at Permit, or empty when it is not ours. */
    public Optional<Approval> byRequest(String requestId) {
        return database.jdbi().withHandle(handle -> one(handle, BY_REQUEST, requestId));
    }

    /**
     * What stands for a wish in its thread already: the approval of this very filing, which a recovering turn goes on with, or else one
     * of the same wish that is open, or granted and not spent yet.
     *
     * @param filing whether it is of this very filing
     */
    public record Standing(Approval approval, boolean filing) {}

    /**
     * What stands for a wish, or empty.
     *
     * @param key of the filing, which is of that wish
     */
    public Optional<Standing> standing(String threadId, String argumentDigest, String key) {
        byte[] filing = Digest.bytes(key);
        return database.jdbi()
                .withHandle(handle -> SAME_WISH
                        .on(handle)
                        .bind("value", threadId)
                        .bind("digest", Digest.bytes(argumentDigest))
                        .bind("key", filing)
                        .first(row ->
                                new Standing(read(handle, row), Arrays.equals(row.getBytes("filing_key"), filing))));
    }

    /** A thread's approvals, oldest first. */
    public List<Approval> ofThread(String threadId) {
        return database.jdbi()
                .withHandle(
                        handle -> OF_THREAD.on(handle).bind("value", threadId).all(row -> read(handle, row)));
    }

    /** What a thread waits for, oldest first. */
    public List<Approval> openOf(String threadId) {
        return database.jdbi()
                .withHandle(handle ->
                        OPEN_OF_THREAD.on(handle).bind("value", threadId).all(row -> read(handle, row)));
    }

    /** What of these threads is asked for, or granted and not spent yet, and still wanted; oldest first. */
    public List<Approval> unspentOf(Collection<String> threadIds) {
        return threadIds.isEmpty()
                ? List.of()
                : database.jdbi()
                        .withHandle(handle -> handle.createQuery(UNSPENT)
                                .bindList("threads", List.copyOf(threadIds))
                                .map((row, context) -> read(handle, row))
                                .list());
    }

    /** What a requester asked for, newest first. */
    public List<Approval> ofRequester(String requester, int limit) {
        return pages().of(requester, Mark.NEWEST, limit);
    }

    /** Long lists of approvals. */
    public ApprovalPages pages() {
        return new ApprovalPages(database, keys, handle -> (row, context) -> read(handle, row));
    }

    /**
     * Moves an approval as the lifecycle allows.
     *
     * @return false when somebody else moved it first: nothing was changed
     * @throws dev.countersign.core.CountersignException {@code CS-230} when the table has no such move
     */
    public boolean move(Handle tx, Approval seen, Lifecycle.Move move, Facts facts) {
        return move(tx, holdThread(tx, seen.threadId()), seen, move, facts);
    }

    /**
     * Moves an approval of a thread whose row this transaction holds already, as one does that has asked for the lease.
     *
     * @return the approval as it is then; empty when somebody else moved it first: nothing was changed
     */
    public Optional<Approval> move(Handle tx, ThreadRow held, Approval seen, Lifecycle.Move move, Facts facts) {
        return move(tx, held.logId(), seen, move, facts)
                ? Optional.of(seen.moved(Lifecycle.after(seen.state(), move), facts))
                : Optional.empty();
    }

    private boolean move(Handle tx, String logId, Approval seen, Lifecycle.Move move, Facts facts) {
        ApprovalState to = Lifecycle.after(seen.state(), move);
        String comment = facts.comment();
        int hit = MOVE.on(tx)
                .bind("id", seen.id())
                .bind("version", seen.version())
                .bind("from", seen.state().name())
                .bind("to", to.name())
                .bind("request", facts.requestId())
                .bind("reviewer", facts.reviewer())
                .bind("comment", comment == null ? null : keys.of(tx, logId).encrypt(comment, "comment " + seen.id()))
                .bind(
                        "decided",
                        facts.decidedAt() == null ? null : facts.decidedAt().toEpochMilli())
                .bind("check", clock.millis())
                .execute();
        if (hit == 1) {
            tell(tx, seen, move);
            log.moved(tx, seen, move, facts);
        }
        return hit == 1;
    }

    /** Whoever is concerned is told in the transaction that moves it. */
    private void tell(Handle tx, Approval moved, Lifecycle.Move move) {
        Notification.Kind kind = switch (move) {
            case FILED -> Notification.Kind.FILED;
            case APPROVE, DENY -> Notification.Kind.DECIDED;
            case EXPIRE -> Notification.Kind.EXPIRED;
            case REFUSED, WITHDRAW, SPEND, RENOUNCE -> null;
        };
        if (kind != null) {
            Notifications.about(tx, moved, kind, 0, clock.instant());
        }
    }

    /**
     * Spends an approved approval of a thread whose row this transaction holds already; one that this very step spent before it was
     * broken off stays spent.
     *
     * @throws CountersignException {@code CS-231} when somebody else moved it, or it was withdrawn meanwhile: the transaction must not
     *     commit
     */
    public void spend(Handle tx, ThreadRow held, Approval seen) {
        boolean won =
                seen.state() == ApprovalState.SPENT || move(tx, held.logId(), seen, Lifecycle.Move.SPEND, Facts.NONE);
        if (!won) {
            throw new CountersignException(
                    MOVED, "approval " + seen.id() + " was moved by somebody else, or withdrawn");
        }
    }

    /** Tells the decision log that a reviewer moved a deadline. */
    void extended(Handle tx, Approval seen, Instant deadline, String reviewer) {
        log.extended(tx, seen, deadline, reviewer);
    }

    /** The thread's row comes first in every transaction: whoever moves two things of a thread then never waits in a circle. */
    static String holdThread(Handle tx, String threadId) {
        return HOLD_THREAD.on(tx).bind("id", threadId).one(row -> row.getString(1));
    }

    /** Asks again not before the given time. */
    public void checkAgain(String id, Instant at) {
        database.useTransaction(tx -> tx.createUpdate(CHECK_LATER)
                .bind("id", id)
                .bind("at", at.toEpochMilli())
                .execute());
    }

    /** Makes the youngest pending approvals due for a check now: somebody may have decided. */
    public void checkNow(int limit) {
        long now = clock.millis();
        database.useTransaction(tx -> {
            List<String> ids = tx.createQuery(NOT_DUE)
                    .bind("now", now)
                    .bind("limit", limit)
                    .mapTo(String.class)
                    .list();
            if (!ids.isEmpty()) {
                tx.createUpdate(CHECK_NOW).bind("now", now).bindList("ids", ids).execute();
            }
        });
    }

    private Optional<Approval> one(Handle handle, Sql query, String value) {
        return query.on(handle).bind("value", value).first(row -> read(handle, row));
    }

    private Approval read(Handle handle, ResultSet row) throws SQLException {
        String id = row.getString("id");
        var cipher = keys.of(handle, row.getString("log_id"));
        byte[] comment = row.getBytes("comment");
        long decided = row.getLong("decided_at");
        boolean undecided = row.wasNull();
        Wish wish = Json.read(cipher.decrypt(row.getBytes("body"), "approval " + id), Wish.class);
        return new Approval(
                id,
                row.getString("thread_id"),
                row.getString("reference"),
                ApprovalState.valueOf(row.getString("state")),
                row.getInt("version"),
                row.getString("requester"),
                row.getString("agent"),
                Digest.ofBytes(row.getBytes("argument_digest")),
                new Wish(
                        RequestKind.valueOf(row.getString("kind")),
                        wish.tool(),
                        wish.arguments(),
                        wish.bound(),
                        wish.resourceInstance(),
                        wish.role(),
                        wish.operation(),
                        wish.reason(),
                        wish.deadline(),
                        wish.remindAfter(),
                        wish.escalateAfter(),
                        wish.terms()),
                row.getString("request_id"),
                row.getString("reviewer"),
                comment == null ? null : cipher.decrypt(comment, "comment " + id),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Instant.ofEpochMilli(row.getLong("deadline")),
                undecided ? null : Instant.ofEpochMilli(decided),
                row.getBoolean("withdrawn"));
    }
}
