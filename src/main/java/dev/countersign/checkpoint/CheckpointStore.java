package dev.countersign.checkpoint;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.db.Database;
import dev.countersign.db.Sql;
import dev.countersign.thread.LogKeys;
import dev.countersign.thread.LostLease;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.thread.Transcript;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints of threads. {@link #write} is the one commit point of a step: checkpoint, new messages, whatever nodes staged,
 * the consumed event and the fence check stand in one transaction, or none of them does. A step costs a constant number of
 * small rows, however long the thread.
 *
 * <p>Format 1 of a row: {@code messages} is the transcript's length at that step, {@code keys} the encrypted JSON of
 * {@link KeyCodec}. A row that cannot be read back is reported with its thread and seq ({@code CS-204}, {@code CS-220}), a row
 * of a newer format as {@code CS-221}; nothing is guessed. Safe for use by many threads.
 */
public final class CheckpointStore {
    /** The state key that holds the {@link Transcript}. */
    public static final String MESSAGES = "messages";

    /** The state key that holds the seq of the newest consumed event. */
    public static final String LAST_EVENT = "lastEvent";

    /** In place of a next node: the turn is over. */
    public static final String END = "__END__";

    static final String START = "__START__";

    /** The number of the format that this program writes, and reads. */
    public static final int FORMAT = KeyCodec.FORMAT;

    /** Says that a checkpoint is of another format. */
    public static final ErrorCode NEWER_FORMAT = new ErrorCode("CS-221", ErrorCode.Kind.CORRUPT);

    private static final ErrorCode NOT_AT_REST = new ErrorCode("CS-223", ErrorCode.Kind.CONFLICT);

    private static final Sql MOVE_HEAD = Sql.of("""
            UPDATE thread SET head = :seq, head_next = :next, messages = :messages, tool_calls = tool_calls + :calls,
                events_done = :done, status = :status, updated_at = :now,
                cancel_asked = (cancel_asked AND events_accepted > :done),
                due = CASE WHEN :rests THEN events_accepted > :done ELSE TRUE END
            WHERE id = :id AND fence = :fence AND head = :was AND events_done = :was_done
            """);
    private static final Sql INSERT = Sql.of("""
            INSERT INTO checkpoint (thread_id, seq, node, next_node, messages, keys, fingerprint, format, created_at)
            VALUES (:thread, :seq, :node, :next, :messages, :keys, :fingerprint, :format, :at)
            """);
    private static final String SELECT_HEAD = "SELECT head FROM thread WHERE id = :id";
    private static final String DELETE_ALL = "DELETE FROM checkpoint WHERE thread_id = :thread";
    private static final String RESET_HEAD = "UPDATE thread SET head = 0, head_next = '' WHERE id = :thread";

    private final Database database;
    private final LogKeys keys;
    private final Clock clock;
    private final StoredMessages stored;
    private final StepRows rows;
    private final Forks forks;
    private final NewestMessages newest = new NewestMessages();

    public CheckpointStore(Database database, LogKeys keys, Clock clock) {
        this.database = database;
        this.keys = keys;
        this.clock = clock;
        this.stored = new StoredMessages(database, keys);
        this.rows = new StepRows(keys, stored);
        this.forks = new Forks(keys, stored);
    }

    /**
     * A checkpoint read back.
     *
     * @param id {@link StepName} of it
     * @param parentId the step before: for a fork's first the one it was taken at, also when that is gone; null for any other
     *     thread's first
     * @param state small keys and the transcript under {@link #MESSAGES}
     */
    public record Stored(
            long seq,
            String id,
            @Nullable String parentId,
            String node,
            String nextNode,
            Map<String, Object> state,
            String fingerprint,
            Instant at) {
        Stored withState(Map<String, Object> other) {
            return new Stored(seq, id, parentId, node, nextNode, other, fingerprint, at);
        }
    }

    /**
     * A step to be written.
     *
     * @param rests whether the thread comes to rest with it
     */
    record Step(String node, String nextNode, Map<String, Object> state, boolean rests) {}

    /** The newest checkpoint, or empty for a thread without one; tells the turn where its messages are. */
    Optional<Stored> newest(Turn turn) {
        Turn.Head head = turn.head();
        String threadId = turn.thread().id();
        Optional<NewestMessages.Rest> rest = newest.take(threadId, head.seq(), head.messages());
        if (rest.isPresent()) {
            turn.at(rest.get().segments());
            return Optional.of(recalled(rest.get(), head.messages()));
        }
        return database.jdbi().withHandle(handle -> {
            List<StoredMessages.Segment> segments = stored.segments(handle, threadId);
            turn.at(segments);
            return head.seq() == 0
                    ? Optional.empty()
                    : Optional.of(rows.readAt(handle, threadId, head.seq(), segments));
        });
    }

    /** As it would be read: the state is the caller's own. */
    private Stored recalled(NewestMessages.Rest rest, int size) {
        Map<String, Object> state = new HashMap<>(rest.step().state());
        state.put(MESSAGES, stored.transcript(rest.segments(), size, rest.newest()));
        return rest.step().withState(state);
    }

    /** The newest checkpoint of a thread, for readers without a turn. */
    public Optional<Stored> newest(String threadId) {
        return database.jdbi().withHandle(handle -> {
            long head = handle.createQuery(SELECT_HEAD)
                    .bind("id", threadId)
                    .mapTo(Long.class)
                    .findOne()
                    .orElse(0L);
            return newest(handle, threadId, head);
        });
    }

    /** The newest checkpoint as of that row. */
    public Optional<Stored> newest(ThreadRow thread) {
        return database.jdbi().withHandle(handle -> newest(handle, thread.id(), thread.head()));
    }

    /** The same, right before a turn of that thread, which then need not read it again. */
    public Optional<Stored> newestForTurn(ThreadRow thread) {
        if (thread.head() == 0) {
            return Optional.empty();
        }
        return database.jdbi().withHandle(handle -> {
            List<StoredMessages.Segment> segments = stored.segments(handle, thread.id());
            Stored found = rows.readAt(handle, thread.id(), thread.head(), segments);
            newest.keep(thread.id(), found.withState(small(found.state())), segments, transcript(found.state()));
            return Optional.of(found);
        });
    }

    private Optional<Stored> newest(Handle handle, String threadId, long head) {
        return head == 0
                ? Optional.empty()
                : Optional.of(rows.readAt(handle, threadId, head, stored.segments(handle, threadId)));
    }

    /** One checkpoint by its id, or empty. */
    public Optional<Stored> byId(String threadId, String id) {
        long seq = StepName.seq(threadId, id);
        return database.jdbi()
                .withHandle(handle -> rows.findAt(handle, threadId, seq, stored.segments(handle, threadId)));
    }

    /** Checkpoints older than {@code before} (use {@code Long.MAX_VALUE} for all), newest first. */
    public List<Stored> page(String threadId, long before, int limit) {
        return database.jdbi().withHandle(handle -> {
            List<StoredMessages.Segment> segments = stored.segments(handle, threadId);
            return rows.page(handle, threadId, before, limit, segments);
        });
    }

    /** The whole transcript of a thread as it stands now; nothing is read until it is asked for. */
    public Transcript transcript(ThreadRow thread) {
        return database.jdbi()
                .withHandle(handle -> stored.transcript(stored.segments(handle, thread.id()), thread.messages()));
    }

    /**
     * New ids for a fork.
     *
     * @param logId of the log its own messages go to
     */
    public record ForkIds(String threadId, String logId) {}

    /**
     * A fork to be made.
     *
     * @param parentId the thread it is taken from
     * @param at the step of the parent's that it is taken at
     * @param shared how many of the parent's messages it begins with, at most those of that step; all their calls answered
     * @param own what it begins with after those
     * @param next the node it goes on with, or {@link #END} to rest
     * @param inherited small keys of the parent's state that count in it, too
     */
    public record Fork(
            String parentId, Stored at, int shared, List<Message> own, String next, Map<String, Object> inherited) {
        public Fork {
            own = List.copyOf(own);
            inherited = Map.copyOf(inherited);
        }

        /** One that inherits nothing but messages. */
        public Fork(String parentId, Stored at, int shared, List<Message> own, String next) {
            this(parentId, at, shared, own, next, Map.of());
        }

        boolean rests() {
            return next.equals(END);
        }
    }

    /**
     * Makes a new chat of the same owner and agent that begins as the parent once stood: it shares the parent's messages up to
     * there without copying them, and inherits no event, no approval, no plan and no lease. The parent is untouched. When this
     * returns, the fork survives a kill; before that there is all of it or nothing.
     *
     * @param also what is to be written with it
     */
    public void fork(Fork fork, ForkIds ids, Consumer<Handle> also) {
        database.useTransaction(tx -> {
            forks.insert(tx, fork, ids, clock.millis());
            also.accept(tx);
        });
        database.barrier();
    }

    /** Keeps nothing of a thread in memory, after it was erased, or where no turn of it follows. */
    public void forget(String threadId) {
        newest.forget(threadId);
    }

    /** Forgets a thread's checkpoints; its messages stay until the thread is erased. */
    void release(String threadId) {
        database.useTransaction(tx -> {
            tx.createUpdate(DELETE_ALL).bind("thread", threadId).execute();
            tx.createUpdate(RESET_HEAD).bind("thread", threadId).execute();
        });
        newest.forget(threadId);
    }

    /**
     * Writes a step with everything that belongs to it.
     *
     * @throws LostLease when the fence, the head or the event counter is not what the turn expects; nothing is written
     */
    void write(Turn turn, Step step) {
        boolean goesOn = step.rests()
                && turn.restingAs() == ThreadStatus.IDLE
                && turn.thread().kind() == ThreadKind.CHAT;
        turn.written(database.inTransaction(tx -> write(tx, turn, step)));
        if (goesOn && !turn.segments().isEmpty()) {
            newest.keep(turn.thread().id(), resting(turn, step), turn.segments(), transcript(step.state()));
        }
    }

    /** The step as it would be read back, without messages. */
    private Stored resting(Turn turn, Step step) {
        String threadId = turn.thread().id();
        long seq = turn.head().seq();
        return new Stored(
                seq,
                StepName.of(threadId, seq),
                seq > 1
                        ? StepName.of(threadId, seq - 1)
                        : database.jdbi().withHandle(handle -> StepRows.parentOf(handle, threadId, seq)),
                step.node(),
                step.nextNode(),
                KeyCodec.copy(small(step.state())),
                turn.fingerprint(),
                clock.instant());
    }

    private static Map<String, Object> small(Map<String, Object> state) {
        Map<String, Object> small = new HashMap<>(state);
        small.remove(MESSAGES);
        return small;
    }

    /** The same within a transaction of the caller; says where the store stands once that has committed. */
    Turn.Head write(Handle tx, Turn turn, Step step) {
        Turn.Head was = turn.head();
        if (step.node().equals(START) && !was.next().isEmpty() && !was.next().equals(END)) {
            throw new CountersignException(
                    NOT_AT_REST,
                    "thread " + turn.thread().id() + " is not at rest (it is before " + was.next()
                            + "), so no new turn may start in it");
        }
        Transcript transcript = transcript(step.state());
        long done = Math.max(was.eventsDone(), (Long) step.state().getOrDefault(LAST_EVENT, 0L));
        Turn.Head now = new Turn.Head(was.seq() + 1, step.nextNode(), transcript.size(), was.ownLogBase(), done);
        moveHead(tx, turn, now, step.rests());
        List<Message> fresh = transcript.slice(was.messages(), transcript.size());
        stored.append(tx, turn.thread().logId(), was.messages() - was.ownLogBase(), fresh);
        insert(tx, turn, now, step);
        for (Consumer<Handle> write : turn.staged()) {
            write.accept(tx);
        }
        return now;
    }

    private static Transcript transcript(Map<String, Object> state) {
        return (Transcript) state.getOrDefault(MESSAGES, Transcript.empty());
    }

    private void moveHead(Handle tx, Turn turn, Turn.Head now, boolean rests) {
        Turn.Head was = turn.head();
        int hit = MOVE_HEAD
                .on(tx)
                .bind("id", turn.thread().id())
                .bind("fence", turn.lease().fence())
                .bind("was", was.seq())
                .bind("was_done", was.eventsDone())
                .bind("seq", now.seq())
                .bind("next", now.next())
                .bind("messages", now.messages())
                .bind("calls", turn.newToolCalls())
                .bind("done", now.eventsDone())
                .bind("status", (rests ? turn.restingAs() : ThreadStatus.RUNNING).name())
                .bind("rests", rests)
                .bind("now", clock.millis())
                .execute();
        if (hit != 1) {
            throw new LostLease(turn.lease());
        }
    }

    private void insert(Handle tx, Turn turn, Turn.Head now, Step step) {
        Map<String, Object> small = small(step.state());
        if (!turn.notes().isEmpty()) {
            small.put(StepNotes.KEY, List.copyOf(turn.notes()));
        }
        byte[] sealed = keys.of(tx, turn.thread().logId())
                .encrypt(KeyCodec.write(small), StepRows.place(turn.thread().id(), now.seq()));
        INSERT.on(tx)
                .bind("thread", turn.thread().id())
                .bind("seq", now.seq())
                .bind("node", step.node())
                .bind("next", step.nextNode())
                .bind("messages", now.messages())
                .bind("keys", sealed)
                .bind("fingerprint", turn.fingerprint())
                .bind("format", KeyCodec.FORMAT)
                .bind("at", clock.millis())
                .execute();
    }
}
