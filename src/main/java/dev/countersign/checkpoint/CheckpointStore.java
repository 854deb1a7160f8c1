package dev.countersign.checkpoint;

import dev.countersign.core.ErrorCode;
import dev.countersign.db.Database;
import dev.countersign.thread.LogKeys;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.thread.Transcript;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints of threads. A step has one commit point: checkpoint, new messages, whatever nodes staged,
 * the consumed event and the fence check stand in one transaction, or none of them does. One that nothing outside can know of may be
 * put off until the next one's, or until the turn's next act. A step costs a constant number of
 * small rows, however long the thread.
 *
 * <p>In a row {@code messages} is the transcript's length at that step, {@code keys} what {@link StepStates} says, of {@link KeyCodec}'s
 * JSON, encrypted. A row that cannot be read back is reported with its thread and seq ({@code CS-204}, {@code CS-220}), a row
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

    /** The number of the newest format that this program writes, and reads like all before. */
    public static final int FORMAT = StepStates.FORMAT;

    /** Says that a checkpoint is of another format. */
    public static final ErrorCode NEWER_FORMAT = new ErrorCode("CS-221", ErrorCode.Kind.CORRUPT);

    private static final String SELECT_HEAD = "SELECT head FROM thread WHERE id = :id";
    private static final String DELETE_ALL = "DELETE FROM checkpoint WHERE thread_id = :thread";
    private static final String RESET_HEAD = "UPDATE thread SET head = 0, head_next = '' WHERE id = :thread";

    private final Database database;
    private final Clock clock;
    private final StoredMessages stored;
    private final StepRows rows;
    private final StepWriter writer;
    private final Forks forks;
    private final NewestMessages newest = new NewestMessages();

    public CheckpointStore(Database database, LogKeys keys, Clock clock) {
        this.database = database;
        this.clock = clock;
        this.stored = new StoredMessages(database, keys);
        this.rows = new StepRows(keys, stored);
        this.writer = new StepWriter(keys, stored);
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
            newest.keep(
                    thread.id(), found.withState(StepWriter.small(found.state())), segments, transcript(found.state()));
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

    /** The whole transcript of a thread as it stands now; nothing that is not in memory is read until it is asked for. */
    public Transcript transcript(ThreadRow thread) {
        return newest.look(thread.id(), thread.head(), thread.messages())
                .map(rest -> stored.transcript(rest.segments(), thread.messages(), rest.newest()))
                .orElseGet(() -> database.jdbi()
                        .withHandle(
                                handle -> stored.transcript(stored.segments(handle, thread.id()), thread.messages())));
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
     * Writes a step with everything that belongs to it, after those that were put off.
     *
     * @throws dev.countersign.thread.LostLease when the fence, the head or the event counter is not what the turn expects; nothing is
     *     written
     */
    void write(Turn turn, Step step) {
        StepWriter.Draft draft = draft(turn, step);
        boolean goesOn = step.rests()
                && draft.restsAs() == ThreadStatus.IDLE
                && turn.thread().kind() == ThreadKind.CHAT
                && !turn.segments().isEmpty();
        if (!goesOn) {
            turn.written(draft, database.inTransaction(tx -> write(tx, turn, draft)));
            return;
        }
        String threadId = turn.thread().id();
        Stored resting = resting(turn, draft);
        try {
            turn.written(draft, database.inTransaction(tx -> {
                StepWriter.Found found = write(tx, turn, draft);
                // Before the commit, with which the lease may go: whoever erases the thread then forgets this, too.
                newest.keep(threadId, resting, turn.segments(), StepWriter.transcript(step));
                return found;
            }));
        } catch (RuntimeException | Error e) {
            newest.forget(threadId);
            throw e;
        }
    }

    /** A turn's running step, made now. */
    StepWriter.Draft draft(Turn turn, Step step) {
        return turn.draft(step, clock.millis());
    }

    /** Writes that step, after those that were put off, within a transaction of the caller; the turn is to be told once it has committed. */
    StepWriter.Found write(Handle tx, Turn turn, StepWriter.Draft draft) {
        List<StepWriter.Draft> drafts = new ArrayList<>(turn.putOff());
        drafts.add(draft);
        return writer.write(tx, turn, drafts);
    }

    /**
     * Puts a step off, to be written together with the one that follows it or with the turn's next act. Until then it is in memory only:
     * a process that dies goes through it again.
     */
    void putOff(Turn turn, Step step) {
        turn.putOff(draft(turn, step));
    }

    /**
     * Runs, in one transaction, work that leads to an act. Steps that were put off are written in it, and are what nobody gets past who
     * has lost the lease.
     *
     * @param guard does that where there are none
     * @throws dev.countersign.thread.LostLease when the lease is lost; nothing is written
     */
    <T> T act(Turn turn, Consumer<Handle> guard, Function<Handle, T> work) {
        List<StepWriter.Draft> drafts = turn.putOff();
        if (drafts.isEmpty()) {
            return database.inTransaction(tx -> {
                guard.accept(tx);
                return work.apply(tx);
            });
        }
        T result = database.inTransaction(tx -> {
            var unused = writer.write(tx, turn, drafts);
            return work.apply(tx);
        });
        turn.caughtUp();
        return result;
    }

    /** The step as it would be read back, without messages. */
    private Stored resting(Turn turn, StepWriter.Draft draft) {
        String threadId = turn.thread().id();
        long seq = draft.now().seq();
        return new Stored(
                seq,
                StepName.of(threadId, seq),
                seq > 1
                        ? StepName.of(threadId, seq - 1)
                        : database.jdbi().withHandle(handle -> StepRows.parentOf(handle, threadId, seq)),
                draft.step().node(),
                draft.step().nextNode(),
                KeyCodec.copy(StepWriter.small(draft.step().state())),
                turn.fingerprint(),
                Instant.ofEpochMilli(draft.at()));
    }

    private static Transcript transcript(Map<String, Object> state) {
        return (Transcript) state.getOrDefault(MESSAGES, Transcript.empty());
    }
}
