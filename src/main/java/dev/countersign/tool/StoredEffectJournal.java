package dev.countersign.tool;

import dev.countersign.core.Json;
import dev.countersign.core.Mark;
import dev.countersign.db.Database;
import dev.countersign.db.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The journal over one table; every move is a conditional update, and no row changed means that somebody else was first. */
final class StoredEffectJournal implements EffectJournal {
    private static final Sql HOLD_THREAD = Sql.of("""
            UPDATE thread SET updated_at = :now
            WHERE id = :thread AND fence = :fence
            """);
    private static final Sql WRITE_INTENT = Sql.of("""
            INSERT INTO effect (id, thread_id, call_id, fence, tool, argument_digest, arguments, state, attempts, created_at)
            VALUES (:id, :thread, :call, :fence, :tool, :digest, :arguments, :state, 0, :now)
            """);
    private static final Sql WRITE_DISPATCHED = Sql.of("""
            INSERT INTO effect (id, thread_id, call_id, fence, tool, argument_digest, arguments, state, attempts, created_at,
                dispatched_at)
            VALUES (:id, :thread, :call, :fence, :tool, :digest, :arguments, :state, 1, :now, :now)
            """);
    private static final Sql DISPATCH = Sql.of("""
            UPDATE effect SET state = :to, attempts = attempts + 1, fence = :fence, dispatched_at = :now
            WHERE id = :id AND state = :from AND attempts = :attempts
            """);
    private static final Sql END = Sql.of("""
            UPDATE effect SET state = :to, outcome = :outcome, ended_at = :now
            WHERE id = :id AND state = :from AND attempts = :attempts
            """);
    private static final String RESOLVE = """
            UPDATE effect SET state = :to, outcome = :outcome, fence = :fence, ended_at = :ended
            WHERE id = :id AND thread_id = :thread AND state = :from
            """;
    private static final Sql FIND = Sql.of("""
            SELECT id, thread_id, call_id, tool, arguments, state, attempts, outcome, created_at, dispatched_at, ended_at
            FROM effect WHERE id = :id AND thread_id = :thread
            """);
    private static final String OF_THREAD = """
            SELECT id, thread_id, call_id, tool, arguments, state, attempts, outcome, created_at, dispatched_at, ended_at
            FROM effect WHERE thread_id = :thread ORDER BY created_at, id LIMIT :limit
            """;

    private static final String ANSWER = """
            UPDATE effect SET answered = attempts
            WHERE id = :id AND thread_id = :thread AND state = 'UNKNOWN' AND attempts = :attempt
                AND (answered IS NULL OR answered < attempts)
            """;
    private static final String COUNT_UNSETTLED = """
            SELECT COUNT(*) FROM effect WHERE thread_id = :thread
                AND (state = 'INTENT' OR state = 'DISPATCHED' OR state = 'UNKNOWN')
            """;
    private static final String ASK_AGAIN =
            "UPDATE effect SET answered = NULL WHERE id = :id AND thread_id = :thread AND state = 'UNKNOWN'";
    private static final String UNKNOWN_OF = """
            SELECT e.thread_id, e.id FROM effect e JOIN thread t ON t.id = e.thread_id
            WHERE e.state = 'UNKNOWN' AND t.owner = :owner
                AND e.created_at <= :at AND (e.created_at < :at OR e.id < :id)
            ORDER BY e.state DESC, e.created_at DESC, e.id DESC LIMIT :limit
            """;
    private static final String THREAD_OF = "SELECT thread_id FROM effect WHERE id = :id";

    private final Database database;
    private final Clock clock;
    private final EffectWitness witness;

    StoredEffectJournal(Database database, Clock clock, EffectWitness witness) {
        this.database = database;
        this.clock = clock;
        this.witness = witness;
    }

    @Override
    public boolean intend(Handle transaction, EffectSite site, EffectIntent intent) {
        if (!holds(transaction, site)) {
            return false;
        }
        if (find(transaction, site, intent.id()).isEmpty()) {
            write(transaction, WRITE_INTENT, site, intent, EffectState.INTENT);
            tell(transaction, site, intent, EffectState.INTENT);
        }
        return true;
    }

    @Override
    public Dispatch dispatch(EffectSite site, EffectIntent intent) {
        Dispatch dispatch = database.inTransaction(handle -> {
            if (!holds(handle, site)) {
                return new Dispatch.Fenced();
            }
            Optional<EffectRecord> found = find(handle, site, intent.id());
            if (found.isEmpty()) {
                // Both moves are in this transaction: nobody ever sees it as an intent.
                EffectState to = EffectLifecycle.next(EffectState.INTENT, EffectEvent.DISPATCH);
                write(handle, WRITE_DISPATCHED, site, intent, to);
                tell(handle, site, intent, EffectState.INTENT);
                tell(handle, site, intent, to);
                return new Dispatch.Go(1);
            }
            EffectRecord now = found.get();
            return now.state() == EffectState.INTENT
                    ? send(handle, site, intent, now.attempts(), EffectEvent.DISPATCH)
                    : standing(now);
        });
        if (dispatch instanceof Dispatch.Go) {
            // Without this a power cut could forget the row and keep the effect. One that may be repeated is no
            // exception: with
            // the row goes the model's call, and what a model is asked again it may call otherwise, under another key.
            database.barrier();
        }
        return dispatch;
    }

    @Override
    public Dispatch repeat(EffectSite site, EffectIntent intent, int attempt) {
        if (!intent.repeatable()) {
            throw new IllegalArgumentException(
                    "effect " + intent.id() + " of " + intent.tool() + " may not be repeated");
        }
        return database.inTransaction(handle -> {
            if (!holds(handle, site)) {
                return new Dispatch.Fenced();
            }
            EffectRecord now = find(handle, site, intent.id()).orElseThrow();
            return now.state() == EffectState.DISPATCHED && now.attempts() == attempt
                    ? send(handle, site, intent, attempt, EffectEvent.REPEAT)
                    : standing(now);
        });
    }

    @Override
    public boolean end(EffectSite site, EffectIntent intent, int attempt, ToolOutcome outcome) {
        EffectState to = EffectLifecycle.next(EffectState.DISPATCHED, EffectEvent.of(outcome));
        return database.inTransaction(handle -> {
            int rows = END.on(handle)
                    .bind("to", to.name())
                    .bind("from", EffectState.DISPATCHED.name())
                    .bind("outcome", site.cipher().encrypt(outcome.text(), outcomePlace(intent.id())))
                    .bind("now", clock.millis())
                    .bind("id", intent.id())
                    .bind("attempts", attempt)
                    .execute();
            if (rows == 1) {
                tell(handle, site, intent, to);
            }
            return rows == 1;
        });
    }

    @Override
    public boolean resolve(Handle transaction, EffectSite site, String id, Resolution resolution) {
        Optional<EffectRecord> found = find(transaction, site, id);
        if (!holds(transaction, site) || found.isEmpty() || found.get().state() != EffectState.UNKNOWN) {
            return false;
        }
        EffectState to = EffectLifecycle.next(EffectState.UNKNOWN, EffectEvent.valueOf(resolution.name()));
        byte[] words = to.ended() ? site.cipher().encrypt(wordsOf(resolution), outcomePlace(id)) : null;
        int rows = transaction
                .createUpdate(RESOLVE)
                .bind("to", to.name())
                .bind("from", EffectState.UNKNOWN.name())
                .bind("outcome", words)
                .bind("fence", site.fence())
                .bind("ended", to.ended() ? clock.millis() : null)
                .bind("id", id)
                .bind("thread", site.threadId())
                .execute();
        if (rows == 1) {
            EffectRecord was = found.get();
            tell(transaction, site, new EffectIntent(id, was.callId(), was.tool(), was.arguments(), false), to);
        }
        return rows == 1;
    }

    @Override
    public boolean unsettled(Handle transaction, String threadId) {
        return transaction
                        .createQuery(COUNT_UNSETTLED)
                        .bind("thread", threadId)
                        .mapTo(Integer.class)
                        .one()
                > 0;
    }

    @Override
    public int remove(Handle transaction, String threadId) {
        return transaction
                .createUpdate("DELETE FROM effect WHERE thread_id = :thread")
                .bind("thread", threadId)
                .execute();
    }

    @Override
    public boolean answer(Handle transaction, String threadId, String id, int attempt) {
        return transaction
                        .createUpdate(ANSWER)
                        .bind("id", id)
                        .bind("thread", threadId)
                        .bind("attempt", attempt)
                        .execute()
                == 1;
    }

    @Override
    public void askAgain(Handle transaction, EffectSite site, String id) {
        transaction
                .createUpdate(ASK_AGAIN)
                .bind("id", id)
                .bind("thread", site.threadId())
                .execute();
    }

    @Override
    public List<Waiting> unknownOf(String owner, Mark after, int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(UNKNOWN_OF)
                        .bind("owner", owner)
                        .bind("at", after.at())
                        .bind("id", after.id())
                        .bind("limit", limit)
                        .map((row, context) -> new Waiting(row.getString(1), row.getString(2)))
                        .list());
    }

    @Override
    public Optional<String> threadOf(String id) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(THREAD_OF)
                        .bind("id", id)
                        .mapTo(String.class)
                        .findOne());
    }

    @Override
    public Optional<EffectRecord> find(EffectSite site, String id) {
        return database.jdbi().withHandle(handle -> find(handle, site, id));
    }

    @Override
    public List<EffectRecord> ofThread(EffectSite site, int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(OF_THREAD)
                        .bind("thread", site.threadId())
                        .bind("limit", limit)
                        .map((row, context) -> read(row, site))
                        .list());
    }

    /** As for leases: one past its time that nobody took is as good as new, since taking raises the fence in the same row. */
    private boolean holds(Handle handle, EffectSite site) {
        return HOLD_THREAD
                        .on(handle)
                        .bind("now", clock.millis())
                        .bind("thread", site.threadId())
                        .bind("fence", site.fence())
                        .execute()
                == 1;
    }

    private void write(Handle handle, Sql how, EffectSite site, EffectIntent intent, EffectState state) {
        how.on(handle)
                .bind("id", intent.id())
                .bind("thread", site.threadId())
                .bind("call", intent.callId())
                .bind("fence", site.fence())
                .bind("tool", intent.tool())
                .bind("digest", intent.argumentDigest())
                .bind("arguments", site.cipher().encrypt(intent.arguments(), argumentsPlace(intent.id())))
                .bind("state", state.name())
                .bind("now", clock.millis())
                .execute();
    }

    private Dispatch send(Handle handle, EffectSite site, EffectIntent intent, int attempts, EffectEvent event) {
        EffectState from = event == EffectEvent.REPEAT ? EffectState.DISPATCHED : EffectState.INTENT;
        EffectState to = EffectLifecycle.next(from, event);
        int rows = DISPATCH.on(handle)
                .bind("to", to.name())
                .bind("from", from.name())
                .bind("fence", site.fence())
                .bind("now", clock.millis())
                .bind("id", intent.id())
                .bind("attempts", attempts)
                .execute();
        if (rows != 1) {
            // The thread's row is locked by us, so nobody else can have moved this effect meanwhile.
            throw new IllegalStateException("effect " + intent.id() + " moved under its thread's lock");
        }
        tell(handle, site, intent, to);
        return new Dispatch.Go(attempts + 1);
    }

    private static Dispatch standing(EffectRecord now) {
        return now.state().ended()
                ? new Dispatch.Ended(now.state().outcome(String.valueOf(now.outcome())))
                : new Dispatch.InDoubt(now.attempts());
    }

    private void tell(Handle handle, EffectSite site, EffectIntent intent, EffectState state) {
        witness.saw(
                handle,
                new EffectWitness.Step(
                        site.threadId(),
                        site.owner(),
                        intent.id(),
                        intent.tool(),
                        intent.argumentDigest(),
                        state,
                        clock.instant()));
    }

    private static Optional<EffectRecord> find(Handle handle, EffectSite site, String id) {
        return FIND.on(handle).bind("id", id).bind("thread", site.threadId()).first(row -> read(row, site));
    }

    private static EffectRecord read(ResultSet row, EffectSite site) throws SQLException {
        String id = row.getString("id");
        byte[] outcome = row.getBytes("outcome");
        return new EffectRecord(
                id,
                row.getString("thread_id"),
                row.getString("call_id"),
                row.getString("tool"),
                site.cipher().decrypt(row.getBytes("arguments"), argumentsPlace(id)),
                EffectState.valueOf(row.getString("state")),
                row.getInt("attempts"),
                outcome == null ? null : site.cipher().decrypt(outcome, outcomePlace(id)),
                Instant.ofEpochMilli(row.getLong("created_at")),
                instant(row, "dispatched_at"),
                instant(row, "ended_at"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    private static String wordsOf(Resolution resolution) {
        boolean happened = resolution == Resolution.CONFIRM;
        return Json.object()
                .put("status", happened ? "confirmed" : "refuted")
                .put(
                        "message",
                        "A person looked and says that this call " + (happened ? "took effect." : "had no effect."))
                .toString();
    }

    private static String argumentsPlace(String id) {
        return "effect " + id + " arguments";
    }

    private static String outcomePlace(String id) {
        return "effect " + id + " outcome";
    }
}
