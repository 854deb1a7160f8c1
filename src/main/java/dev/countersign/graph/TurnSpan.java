package dev.countersign.graph;

import dev.countersign.checkpoint.CheckpointStore;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Traces;
import dev.countersign.thread.Event;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a turn to whoever traces: a trace of its own for each stretch from an event to a rest, linked to the one that it
 * goes on from. Which that was stands in the state, since weeks and restarts may lie between the two. Used by one thread.
 */
final class TurnSpan {
    private final Traces.Span span;

    private TurnSpan(Traces.Span span) {
        this.span = span;
    }

    /** A turn that begins, or, without an event, goes on where a crash broke it off. */
    static TurnSpan begin(CheckpointStore checkpoints, ThreadRow thread, @Nullable Event event) {
        if (!Traces.isOn()) {
            return new TurnSpan(Traces.turn(thread.agent(), thread.id(), "", ""));
        }
        boolean goesOn = event == null || thread.headNext().equals(AgentGraph.AWAIT);
        String pausedAt = goesOn
                ? checkpoints
                        .newest(thread)
                        .flatMap(stored -> new ThreadState(stored.state()).text(ThreadState.TRACE))
                        .orElse("")
                : "";
        String cause = event == null ? "restart" : event.kind().name().toLowerCase(Locale.ROOT);
        return new TurnSpan(Traces.turn(thread.agent(), thread.id(), cause, pausedAt));
    }

    /** Lets the state remember the span that is running; nothing when nobody traces. */
    static void remember(Map<String, Object> update) {
        String here = Traces.here();
        if (!here.isEmpty()) {
            update.put(ThreadState.TRACE, here);
        }
    }

    void rests(ThreadStatus status) {
        span.fact("countersign.thread.status", status.name().toLowerCase(Locale.ROOT));
    }

    void broke(Throwable failure) {
        span.failed(
                failure instanceof CountersignException ours
                        ? ours.code().id()
                        : failure.getClass().getName());
    }

    void end() {
        span.end();
    }
}
