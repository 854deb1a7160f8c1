package dev.countersign.checkpoint;

import dev.countersign.checkpoint.CheckpointStore.Step;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.db.Sql;
import dev.countersign.thread.LogKeys;
import dev.countersign.thread.LostLease;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.thread.Transcript;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/**
 * Writes steps with everything that belongs to them. Those that come together move the thread's head once, and each has a row of its own.
 * Safe for use by many threads.
 */
final class StepWriter {
    private static final ErrorCode NOT_AT_REST = new ErrorCode("CS-223", ErrorCode.Kind.CONFLICT);

    private static final String MOVE = """
            UPDATE thread SET head = :seq, head_next = :next, messages = :messages, tool_calls = tool_calls + :calls,
                events_done = :done, status = :status, updated_at = :now,
            """;
    private static final String STANDS =
            " WHERE id = :id AND fence = :fence AND head = :was AND events_done = :was_done ";
    private static final Sql MOVE_HEAD = Sql.of(MOVE + """
                cancel_asked = (cancel_asked AND events_accepted > :done),
                due = CASE WHEN :rests THEN events_accepted > :done ELSE TRUE END
            """ + STANDS);
    private static final Sql GO_ON_UNLESS_CANCELED =
            Sql.of(MOVE + " due = TRUE" + STANDS + " AND cancel_asked = FALSE");
    private static final Sql REST_UNLESS_MORE_CAME = Sql.of(MOVE
            + " cancel_asked = FALSE, due = FALSE, lease_owner = '', lease_until = 0" + STANDS
            + " AND events_accepted = :done");
    private static final Sql INSERT = Sql.of("""
            INSERT INTO checkpoint (thread_id, seq, node, next_node, messages, keys, fingerprint, format, created_at)
            VALUES (:thread, :seq, :node, :next, :messages, :keys, :fingerprint, :format, :at)
            """);

    private final LogKeys keys;
    private final StoredMessages stored;

    StepWriter(LogKeys keys, StoredMessages stored) {
        this.keys = keys;
        this.stored = stored;
    }

    /**
     * A step that is to be written, with what nodes left for it.
     *
     * @param was where the thread stands before it
     * @param now where it stands after it
     * @param restsAs the thread's status after it
     * @param at when it was made, in milliseconds since 1970
     */
    record Draft(
            Step step,
            Turn.Head was,
            Turn.Head now,
            List<Consumer<Handle>> staged,
            List<String> notes,
            int toolCalls,
            ThreadStatus restsAs,
            long at) {}

    /** What is known of a thread's row since it was moved. */
    enum Found {
        /** Nothing more. */
        NOTHING,
        /** That nobody had asked to give the thread up. */
        NOT_CANCELED,
        /** That it rests, that no further event had come, and that the lease was given back with that. */
        LEASE_GIVEN_BACK
    }

    /**
     * Writes steps that follow on one another, oldest first, within a transaction of the caller.
     *
     * @throws LostLease when the fence, the head or the event counter is not what the turn expects: the transaction must not commit
     */
    Found write(Handle tx, Turn turn, List<Draft> drafts) {
        Draft first = drafts.get(0);
        Draft last = drafts.get(drafts.size() - 1);
        if (first.step().node().equals(CheckpointStore.START)
                && !first.was().next().isEmpty()
                && !first.was().next().equals(CheckpointStore.END)) {
            throw new CountersignException(
                    NOT_AT_REST,
                    "thread " + turn.thread().id() + " is not at rest (it is before "
                            + first.was().next() + "), so no new turn may start in it");
        }
        int calls = drafts.stream().mapToInt(Draft::toolCalls).sum();
        // Before the first statement that writes: one transaction at a time does (decision 017), and sealing takes
        // longer than writing.
        Sealed sealed = sealed(tx, turn, drafts);
        Found found = move(tx, turn, first.was(), last, calls);
        stored.append(tx, sealed.fresh());
        int format = StepStates.format(drafts.size());
        for (int i = 0; i < drafts.size(); i++) {
            insert(tx, turn, drafts.get(i), sealed.states().get(i), format);
        }
        for (Draft draft : drafts) {
            draft.staged().forEach(write -> write.accept(tx));
        }
        return found;
    }

    /** Says what is mostly so, and looks closer where it is not. */
    private static Found move(Handle tx, Turn turn, Turn.Head was, Draft last, int calls) {
        boolean rests = last.step().rests();
        Sql likely = rests ? REST_UNLESS_MORE_CAME : GO_ON_UNLESS_CANCELED;
        if (bound(likely.on(tx), turn, was, last, calls).execute() == 1) {
            return rests ? Found.LEASE_GIVEN_BACK : Found.NOT_CANCELED;
        }
        if (bound(MOVE_HEAD.on(tx), turn, was, last, calls).bind("rests", rests).execute() != 1) {
            throw new LostLease(turn.lease());
        }
        return Found.NOTHING;
    }

    private static Sql.Said bound(Sql.Said move, Turn turn, Turn.Head was, Draft last, int calls) {
        return move.bind("id", turn.thread().id())
                .bind("fence", turn.lease().fence())
                .bind("was", was.seq())
                .bind("was_done", was.eventsDone())
                .bind("seq", last.now().seq())
                .bind("next", last.now().next())
                .bind("messages", last.now().messages())
                .bind("calls", calls)
                .bind("done", last.now().eventsDone())
                .bind("status", last.restsAs().name())
                .bind("now", last.at());
    }

    /** What steps have for the store, unreadable for everybody else: their messages, and the state of each. */
    private record Sealed(StoredMessages.Fresh fresh, List<byte[]> states) {}

    private Sealed sealed(Handle handle, Turn turn, List<Draft> drafts) {
        Draft first = drafts.get(0);
        Draft last = drafts.get(drafts.size() - 1);
        try {
            return new Sealed(
                    stored.seal(
                            handle,
                            turn.thread().logId(),
                            first.was().messages() - first.was().ownLogBase(),
                            transcript(last.step())
                                    .slice(first.was().messages(), last.now().messages())),
                    StepStates.lay(
                            keys.of(handle, turn.thread().logId()),
                            turn.thread().id(),
                            first.now().seq(),
                            drafts.stream().map(StepWriter::state).toList()));
        } catch (CountersignException e) {
            if (!e.code().equals(LogKeys.ERASED)) {
                throw e;
            }
            // The thread was erased, and with its row this lease.
            LostLease lost = new LostLease(turn.lease());
            lost.addSuppressed(e);
            throw lost;
        }
    }

    /** What of a step stands in its row and is no message. */
    private static Map<String, Object> state(Draft draft) {
        Map<String, Object> small = small(draft.step().state());
        if (!draft.notes().isEmpty()) {
            small.put(StepNotes.KEY, draft.notes());
        }
        return small;
    }

    private static void insert(Handle tx, Turn turn, Draft draft, byte[] sealed, int format) {
        INSERT.on(tx)
                .bind("thread", turn.thread().id())
                .bind("seq", draft.now().seq())
                .bind("node", draft.step().node())
                .bind("next", draft.step().nextNode())
                .bind("messages", draft.now().messages())
                .bind("keys", sealed)
                .bind("fingerprint", turn.fingerprint())
                .bind("format", format)
                .bind("at", draft.at())
                .execute();
    }

    /** A state without its messages. */
    static Map<String, Object> small(Map<String, Object> state) {
        Map<String, Object> small = new HashMap<>(state);
        small.remove(CheckpointStore.MESSAGES);
        return small;
    }

    static Transcript transcript(Step step) {
        return (Transcript) step.state().getOrDefault(CheckpointStore.MESSAGES, Transcript.empty());
    }
}
