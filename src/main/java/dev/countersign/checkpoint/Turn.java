package dev.countersign.checkpoint;

import dev.countersign.thread.Event;
import dev.countersign.thread.EventWords;
import dev.countersign.thread.Lease;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bsc.langgraph4j.RunnableConfig;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * One run of a thread under one lease: what the saver expects the store to look like, and what nodes have staged for the next
 * put. It rides in the config's metadata, since the engine throws away what a put returns. Used by one thread at a time.
 */
public final class Turn {
    private static final String METADATA_KEY = "turn";

    private final Lease lease;
    private final ThreadRow thread;
    private final String fingerprint;
    private final List<Consumer<Handle>> staged = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<StepWriter.Draft> putOff = new ArrayList<>();
    private @Nullable ThreadStatus restingAs;
    private int newToolCalls;
    private int toolCalls;
    private Head head;
    private StepWriter.Found found = StepWriter.Found.NOTHING;
    private @Nullable ThreadRow rested;
    private List<StoredMessages.Segment> segments = List.of();
    private long saidFirst;

    /**
     * Where the thread stood after the newest get or put of this turn, those that were put off among them.
     *
     * @param seq seq of the newest checkpoint, 0 for none
     * @param next the node it rests before, empty for none
     * @param messages how many messages are stored
     * @param ownLogBase how many of them are in logs shared with a parent; known after a get
     * @param eventsDone the newest consumed event
     */
    record Head(long seq, String next, int messages, int ownLogBase, long eventsDone) {}

    /** A turn on a thread whose lease was just taken and whose row was read after that. */
    public Turn(Lease lease, ThreadRow thread, String fingerprint) {
        this.lease = lease;
        this.thread = thread;
        this.fingerprint = fingerprint;
        this.head = new Head(thread.head(), thread.headNext(), thread.messages(), 0, thread.eventsDone());
    }

    /** The turn that a config carries. */
    public static Turn of(RunnableConfig config) {
        return in(config)
                .orElseThrow(() -> new IllegalStateException("a run of the graph carries its turn in the config"));
    }

    static Optional<Turn> in(RunnableConfig config) {
        return config.metadata(METADATA_KEY).map(Turn.class::cast);
    }

    /** The config for a run of this turn. */
    public RunnableConfig config() {
        return RunnableConfig.builder()
                .threadId(thread.id())
                .putMetadata(METADATA_KEY, this)
                .build();
    }

    public Lease lease() {
        return lease;
    }

    /** The thread's row as it was when the turn began. */
    public ThreadRow thread() {
        return thread;
    }

    /** Adds a write to the transaction that writes the running step; it is forgotten when that fails. */
    public void stage(Consumer<Handle> write) {
        staged.add(write);
    }

    /**
     * Writes down, with the running step, what it has seen of the world and what cannot be told from its results: a
     * replay needs it. It is no part of the state, and forgotten when that fails.
     */
    public void note(String seen) {
        if (!notes.contains(seen)) {
            notes.add(seen);
        }
    }

    /**
     * Says that the turn's first message has the words of that event: once it is written they lie there alone ({@link EventWords}).
     */
    public void opensWith(Event event) {
        saidFirst = event.seq();
    }

    /** The number that the running step's checkpoint will have. */
    public long step() {
        return head.seq() + 1;
    }

    /** Counts tool calls of the running step into the thread's total with the next put. */
    public void countToolCalls(int calls) {
        newToolCalls += calls;
    }

    /** What the thread's status becomes if the next put rests. */
    public void restAs(ThreadStatus status) {
        restingAs = status;
    }

    /** Whether all of its steps so far are in the store, rather than put off. */
    public boolean isWritten() {
        return putOff.isEmpty();
    }

    /** Whether the store has just said, with the newest step, that nobody had asked to give the thread up. */
    public boolean isKnownNotCanceled() {
        return putOff.isEmpty() && found == StepWriter.Found.NOT_CANCELED;
    }

    /**
     * The thread's row as the newest step left it, where that gave the lease back: the thread rests, and no further event had come. Empty
     * otherwise.
     */
    public Optional<ThreadRow> rested() {
        return Optional.ofNullable(rested);
    }

    String fingerprint() {
        return fingerprint;
    }

    Head head() {
        return head;
    }

    /** Where the thread's messages are; empty before a get. */
    List<StoredMessages.Segment> segments() {
        return segments;
    }

    void at(List<StoredMessages.Segment> found) {
        segments = found;
        head = new Head(head.seq(), head.next(), head.messages(), StoredMessages.ownLogBase(found), head.eventsDone());
    }

    /** The thread's checkpoints are gone. */
    void released() {
        head = new Head(0, "", head.messages(), head.ownLogBase(), head.eventsDone());
    }

    List<StepWriter.Draft> putOff() {
        return List.copyOf(putOff);
    }

    /** The running step as it is to be written, with what nodes left for it. */
    StepWriter.Draft draft(CheckpointStore.Step step, long at) {
        long done = Math.max(head.eventsDone(), (Long) step.state().getOrDefault(CheckpointStore.LAST_EVENT, 0L));
        int messages = StepWriter.transcript(step).size();
        return new StepWriter.Draft(
                step,
                head,
                new Head(head.seq() + 1, step.nextNode(), messages, head.ownLogBase(), done),
                stagedFor(messages),
                List.copyOf(notes),
                newToolCalls,
                step.rests() ? restingAs() : ThreadStatus.RUNNING,
                at);
    }

    private List<Consumer<Handle>> stagedFor(int messages) {
        if (saidFirst == 0 || messages == head.messages()) {
            return List.copyOf(staged);
        }
        long seq = saidFirst;
        int idx = head.messages() - head.ownLogBase();
        List<Consumer<Handle>> all = new ArrayList<>(staged);
        all.add(tx -> EventWords.leave(tx, thread.id(), seq, idx));
        return all;
    }

    /** That step waits for the next. */
    void putOff(StepWriter.Draft draft) {
        putOff.add(draft);
        took(draft);
    }

    /** What was put off has been written. */
    void caughtUp() {
        putOff.clear();
        found = StepWriter.Found.NOTHING;
    }

    /** That step has been written, and what was put off before it. */
    void written(StepWriter.Draft draft, StepWriter.Found now) {
        putOff.clear();
        took(draft);
        found = now;
        rested = now == StepWriter.Found.LEASE_GIVEN_BACK ? resting(draft) : null;
    }

    private void took(StepWriter.Draft draft) {
        saidFirst = draft.now().messages() == head.messages() ? saidFirst : 0;
        head = draft.now();
        toolCalls += draft.toolCalls();
        staged.clear();
        notes.clear();
        newToolCalls = 0;
    }

    private ThreadRow resting(StepWriter.Draft draft) {
        return new ThreadRow(
                thread.id(),
                thread.owner(),
                thread.agent(),
                thread.kind(),
                draft.restsAs(),
                thread.sealedTitle(),
                thread.logId(),
                head.seq(),
                head.next(),
                head.messages(),
                thread.toolCalls() + toolCalls,
                head.eventsDone(),
                head.eventsDone(),
                false,
                lease.fence(),
                thread.createdAt(),
                Instant.ofEpochMilli(draft.at()));
    }

    private ThreadStatus restingAs() {
        return restingAs == null ? ThreadStatus.IDLE : restingAs;
    }

    /** Harmless in logs: no text of the conversation. */
    @Override
    public String toString() {
        return "Turn[" + thread.id() + " fence " + lease.fence() + "]";
    }
}
