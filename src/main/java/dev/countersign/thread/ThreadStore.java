package dev.countersign.thread;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Mark;
import dev.countersign.db.Database;
import dev.countersign.db.Sql;
import dev.countersign.db.TextCipher;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Threads: their rows and events. A thread that was created and an event that was accepted survive a kill (and, after the
 * store's barrier, which {@link #create} and {@link #accept} take, a power cut). Safe for use by many threads.
 */
public final class ThreadStore {
    private static final ErrorCode NO_THREAD = new ErrorCode("CS-212", ErrorCode.Kind.NOT_FOUND);

    private static final Sql INSERT_THREAD = Sql.of("""
            INSERT INTO thread (id, owner, agent, kind, status, title, log_id, head, head_next, messages, tool_calls,
                events_accepted, events_done, due, cancel_asked, fence, lease_owner, lease_until, created_at, updated_at)
            VALUES (:id, :owner, :agent, :kind, :status, :title, :log, 0, '', 0, 0,
                0, 0, FALSE, FALSE, 0, '', 0, :at, :at)
            """);
    private static final Sql SELECT_THREAD = Sql.of("SELECT * FROM thread WHERE id = :id");
    private static final Sql SELECT_CANCEL = Sql.of("SELECT cancel_asked FROM thread WHERE id = :id");
    private static final String SELECT_STANDING =
            "SELECT id, messages, status, events_accepted, events_done FROM thread WHERE id IN (<ids>)";
    private static final String SELECT_OWNED_OF_KIND = ownedOf(":kind");
    // Each kind's page is a stretch of the index, and the page of all is among them.
    private static final String SELECT_OWNED = Arrays.stream(ThreadKind.values())
            .map(kind -> "(" + ownedOf("'" + kind + "'") + ")")
            .collect(Collectors.joining(
                    " UNION ALL ", "SELECT * FROM (", ") owned ORDER BY created_at DESC, id DESC LIMIT :limit"));
    private static final String COUNT_EVENT = """
            UPDATE thread SET events_accepted = events_accepted + 1, due = TRUE,
                status = CASE WHEN status = 'IDLE' OR status = 'PARKED' THEN 'RUNNING' ELSE status END,
                cancel_asked = cancel_asked OR :cancel, updated_at = :at
            WHERE id = :id
            """;
    private static final Sql COUNT_ANY_EVENT = Sql.of(COUNT_EVENT);
    private static final Sql COUNT_EVENT_AFTER = Sql.of(COUNT_EVENT + " AND events_accepted = :seen");
    private static final Sql SELECT_ACCEPTED = Sql.of("SELECT events_accepted, log_id FROM thread WHERE id = :id");
    private static final Sql INSERT_EVENT = Sql.of(
            "INSERT INTO event (thread_id, seq, kind, body, created_at) VALUES (:thread, :seq, :kind, :body, :at)");
    private static final Sql SELECT_EVENT = Sql.of("SELECT * FROM event WHERE thread_id = :thread AND seq = :seq");

    private final Database database;
    private final LogKeys keys;
    private final Clock clock;

    public ThreadStore(Database database, LogKeys keys, Clock clock) {
        this.database = database;
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * What a new thread starts with.
     *
     * @param logId a new log's id; where it is the thread's own, a row that holds both takes little more than one
     */
    public record NewThread(String id, String logId, String owner, String agent, ThreadKind kind, String title) {}

    private static String ownedOf(String kind) {
        return "SELECT * FROM thread WHERE owner = :owner AND kind = " + kind
                + " AND created_at <= :at AND (created_at < :at OR id < :id)"
                + " ORDER BY owner DESC, kind DESC, created_at DESC, id DESC LIMIT :limit";
    }

    /** Creates a thread, and with it the key its texts are under. */
    public ThreadRow create(NewThread thread) {
        ThreadRow created = database.inTransaction(tx -> create(tx, thread));
        database.barrier();
        return created;
    }

    /** Creates a thread within a transaction of the caller, who takes the barrier afterwards. */
    public ThreadRow create(Handle tx, NewThread thread) {
        insert(tx, thread, clock.millis());
        return get(tx, thread.id());
    }

    private void insert(Handle tx, NewThread thread, long at) {
        keys.create(tx, thread.logId(), at);
        INSERT_THREAD
                .on(tx)
                .bind("id", thread.id())
                .bind("owner", thread.owner())
                .bind("agent", thread.agent())
                .bind("kind", thread.kind().name())
                .bind("status", ThreadStatus.IDLE.name())
                .bind("title", keys.of(tx, thread.logId()).encrypt(thread.title(), "title " + thread.id()))
                .bind("log", thread.logId())
                .bind("at", at)
                .execute();
    }

    /**
     * A thread's row.
     *
     * @throws CountersignException {@code CS-212} when there is no such thread
     */
    public ThreadRow get(String id) {
        return find(id).orElseThrow(() -> notFound(id));
    }

    /** The one message for a thread that is not there, and for one that is not the asker's. */
    public static CountersignException notFound(String id) {
        return new CountersignException(
                NO_THREAD, "there is no thread " + id + " of yours; 'countersign threads' lists them");
    }

    /** A thread's row, or empty. */
    public Optional<ThreadRow> find(String id) {
        return database.jdbi().withHandle(handle -> find(handle, id));
    }

    private Optional<ThreadRow> find(Handle handle, String id) {
        return SELECT_THREAD.on(handle).bind("id", id).first(row -> row(handle, row));
    }

    /** Whether all of a thread is to be given up, as is one that is gone. */
    public boolean isCancelAsked(String id) {
        return database.jdbi()
                .withHandle(handle -> SELECT_CANCEL
                        .on(handle)
                        .bind("id", id)
                        .first(row -> row.getBoolean(1))
                        .orElse(true));
    }

    /** A thread's row, read within the caller's transaction. */
    ThreadRow get(Handle tx, String id) {
        return find(tx, id).orElseThrow(() -> notFound(id));
    }

    /** Where some threads stand, without their texts; those that are not there are left out. */
    public List<Standing> standing(Collection<String> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(SELECT_STANDING)
                        .bindList("ids", List.copyOf(ids))
                        .map((row, context) -> new Standing(
                                row.getString("id"),
                                row.getInt("messages"),
                                ThreadRow.standing(
                                        ThreadStatus.valueOf(row.getString("status")),
                                        row.getLong("events_accepted") > row.getLong("events_done"))))
                        .list());
    }

    /** How a thread stands for whoever looks at it from outside. */
    public record Standing(String id, int messages, ThreadStatus status) {}

    /** The owner's threads of one kind, or of both when null, newest first. */
    public List<ThreadRow> ownedBy(String owner, @Nullable ThreadKind kind, int limit) {
        return ownedBy(owner, kind, Mark.NEWEST, limit);
    }

    /** Those of them that come after the mark. */
    public List<ThreadRow> ownedBy(String owner, @Nullable ThreadKind kind, Mark after, int limit) {
        return database.jdbi().withHandle(handle -> {
            Query query = handle.createQuery(kind == null ? SELECT_OWNED : SELECT_OWNED_OF_KIND);
            if (kind != null) {
                query.bind("kind", kind.name());
            }
            return query.bind("owner", owner)
                    .bind("at", after.at())
                    .bind("id", after.id())
                    .bind("limit", limit)
                    .map((row, context) -> row(handle, row))
                    .list();
        });
    }

    /** Accepts an event: when this returns it is durable and will be delivered once, in order. */
    public long accept(String threadId, EventKind kind, String body) {
        long seq = database.inTransaction(tx -> append(tx, threadId, kind, body));
        database.barrier();
        return seq;
    }

    /**
     * Accepts an event: as above.
     *
     * @param seen the thread's row as it was just read: where nothing has come since, it is not looked at again
     * @param begin is told of the event, as it will be delivered, once it is committed and before it is durable: a turn may begin with it
     *     meanwhile, since whatever leaves a turn waits for all that was committed before. Must not throw
     */
    public void accept(ThreadRow seen, EventKind kind, String body, Consumer<Event> begin) {
        Event accepted = database.inTransaction(tx -> {
            long at = clock.millis();
            Counted likely = new Counted(seen.eventsAccepted() + 1, seen.logId());
            // Before the first statement that writes, as a step's texts are.
            byte[] sealed = sealed(tx, seen.id(), likely, body);
            int hit = count(tx, COUNT_EVENT_AFTER, seen.id(), kind, body, at)
                    .bind("seen", seen.eventsAccepted())
                    .execute();
            long seq =
                    hit == 0 ? append(tx, seen.id(), kind, body, at) : insert(tx, seen.id(), likely, kind, sealed, at);
            return new Event(seen.id(), seq, kind, body, Instant.ofEpochMilli(at));
        });
        begin.accept(accepted);
        database.barrier();
    }

    private static Sql.Said count(Handle tx, Sql sql, String threadId, EventKind kind, String body, long at) {
        return sql.on(tx)
                .bind("id", threadId)
                // A withdrawal that names one approval stops nothing else.
                .bind("cancel", kind == EventKind.CANCEL && body.isEmpty())
                .bind("at", at);
    }

    /** Accepts an event within a transaction of the caller, who takes the barrier afterwards. */
    public long append(Handle tx, String threadId, EventKind kind, String body) {
        return append(tx, threadId, kind, body, clock.millis());
    }

    private long append(Handle tx, String threadId, EventKind kind, String body, long at) {
        int hit = count(tx, COUNT_ANY_EVENT, threadId, kind, body, at).execute();
        if (hit == 0) {
            throw notFound(threadId);
        }
        Counted counted =
                SELECT_ACCEPTED.on(tx).bind("id", threadId).one(row -> new Counted(row.getLong(1), row.getString(2)));
        return insert(tx, threadId, counted, kind, sealed(tx, threadId, counted, body), at);
    }

    private byte[] sealed(Handle handle, String threadId, Counted counted, String body) {
        return keys.of(handle, counted.logId()).encrypt(body, place(threadId, counted.seq()));
    }

    private static long insert(Handle tx, String threadId, Counted counted, EventKind kind, byte[] sealed, long at) {
        INSERT_EVENT
                .on(tx)
                .bind("thread", threadId)
                .bind("seq", counted.seq())
                .bind("kind", kind.name())
                .bind("body", sealed)
                .bind("at", at)
                .execute();
        return counted.seq();
    }

    /** The next event that is not consumed, or empty. */
    public Optional<Event> next(ThreadRow thread) {
        if (thread.eventsAccepted() == thread.eventsDone()) {
            return Optional.empty();
        }
        // Nobody has begun with it, so its words lie in its row: a row that names a message is not of our making.
        return event(thread, thread.eventsDone() + 1, (handle, cipher, body, place) -> cipher.decrypt(body, place));
    }

    /**
     * The next event that is not consumed, or empty.
     *
     * @param accepted one that was accepted here: where it is the next it is not read again. Null for none
     */
    public Optional<Event> next(ThreadRow thread, @Nullable Event accepted) {
        if (accepted != null
                && accepted.threadId().equals(thread.id())
                && accepted.seq() == thread.eventsDone() + 1
                && accepted.seq() <= thread.eventsAccepted()) {
            return Optional.of(accepted);
        }
        return next(thread);
    }

    /** One of the thread's events, consumed or not. */
    public Optional<Event> event(ThreadRow thread, long seq) {
        return event(
                thread,
                seq,
                (handle, cipher, body, place) -> EventWords.read(handle, cipher, thread.logId(), body, place));
    }

    /** How the words of an event's row are found. */
    private interface Words {
        String read(Handle handle, TextCipher cipher, byte[] body, String place);
    }

    private Optional<Event> event(ThreadRow thread, long seq, Words words) {
        return database.jdbi()
                .withHandle(handle -> SELECT_EVENT
                        .on(handle)
                        .bind("thread", thread.id())
                        .bind("seq", seq)
                        .first(row -> new Event(
                                thread.id(),
                                seq,
                                EventKind.valueOf(row.getString("kind")),
                                words.read(
                                        handle,
                                        keys.of(handle, thread.logId()),
                                        row.getBytes("body"),
                                        place(thread.id(), seq)),
                                Instant.ofEpochMilli(row.getLong("created_at")))));
    }

    private static String place(String threadId, long seq) {
        return "event " + threadId + " " + seq;
    }

    private record Counted(long seq, String logId) {}

    private ThreadRow row(Handle handle, ResultSet row) throws SQLException {
        String id = row.getString("id");
        String logId = row.getString("log_id");
        return new ThreadRow(
                id,
                row.getString("owner"),
                row.getString("agent"),
                ThreadKind.valueOf(row.getString("kind")),
                ThreadStatus.valueOf(row.getString("status")),
                new SealedText(keys.of(handle, logId), row.getBytes("title"), "title " + id),
                logId,
                row.getLong("head"),
                row.getString("head_next"),
                row.getInt("messages"),
                row.getInt("tool_calls"),
                row.getLong("events_accepted"),
                row.getLong("events_done"),
                row.getBoolean("cancel_asked"),
                row.getLong("fence"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Instant.ofEpochMilli(row.getLong("updated_at")));
    }
}
