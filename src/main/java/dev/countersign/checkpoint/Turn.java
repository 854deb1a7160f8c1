package dev.countersign.checkpoint;

import dev.countersign.thread.Lease;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
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
    private @Nullable ThreadStatus restingAs;
    private int newToolCalls;
    private Head head;
    private List<StoredMessages.Segment> segments = List.of();

    /**
     * Where the store stood after the newest get or put of this turn.
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

    /** Adds a write to the transaction of the next put; it is forgotten when that put fails. */
    public void stage(Consumer<Handle> write) {
        staged.add(write);
    }

    /**
     * Writes down, with the next put, what the running step has seen of the world and what cannot be told from its results: a
     * replay needs it. It is no part of the state, and forgotten when that put fails.
     */
    public void note(String seen) {
        if (!notes.contains(seen)) {
            notes.add(seen);
        }
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

    List<Consumer<Handle>> staged() {
        return staged;
    }

    List<String> notes() {
        return notes;
    }

    int newToolCalls() {
        return newToolCalls;
    }

    ThreadStatus restingAs() {
        return restingAs == null ? ThreadStatus.IDLE : restingAs;
    }

    void written(Head now) {
        head = now;
        staged.clear();
        notes.clear();
        newToolCalls = 0;
    }

    /** Harmless in logs: no text of the conversation. */
    @Override
    public String toString() {
        return "Turn[" + thread.id() + " fence " + lease.fence() + "]";
    }
}
