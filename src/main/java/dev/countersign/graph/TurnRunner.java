package dev.countersign.graph;

import dev.countersign.approval.Approval;
import dev.countersign.checkpoint.Turn;
import dev.countersign.core.LogContext;
import dev.countersign.core.Meters;
import dev.countersign.thread.Event;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.Lease;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.thread.Transcript;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bsc.langgraph4j.CompiledGraph;
import org.bsc.langgraph4j.GraphInput;
import org.bsc.langgraph4j.NodeOutput;
import org.bsc.langgraph4j.StateGraph;
import org.jspecify.annotations.Nullable;

/**
 * Runs one thread under one lease, event by event, until nothing is due: first whatever a crash broke off, then each event in
 * order. Events that have no effect where the thread stands are dropped under the fence. Used by one thread at a time.
 */
final class TurnRunner {
    /** Hears what a turn does, after it is stored. */
    interface Witness {
        /**
         * An event other than a message is about to be applied.
         *
         * @param decided the approval that it is about; empty for a withdrawal or a person's answer
         */
        void begins(ThreadRow thread, Event event, Optional<Approval> decided);

        /**
         * These messages were added.
         *
         * @param before how many stood in the transcript before them
         */
        void added(ThreadRow thread, int before, List<Message> messages);

        /** Who wants to hear a model's words before the answer is whole; empty when nobody listens. */
        default Optional<Consumer<String>> preview(ThreadRow thread) {
            return Optional.empty();
        }

        /** The thread rests, durably. */
        void rests(ThreadRow thread);

        /** The thread does not fit and is held; told once. */
        default void held(ThreadRow thread, String why) {}
    }

    private final CompiledGraph<ThreadState> graph;
    private final AgentDefinition agent;
    private final Ports ports;
    private final Witness witness;
    private final Function<Turn, Senses> senses;

    TurnRunner(CompiledGraph<ThreadState> graph, AgentDefinition agent, Ports ports, Witness witness) {
        this(graph, agent, ports, witness, turn -> new LiveSenses(turn, ports));
    }

    /** One whose runs learn of the world in another way. */
    TurnRunner(
            CompiledGraph<ThreadState> graph,
            AgentDefinition agent,
            Ports ports,
            Witness witness,
            Function<Turn, Senses> senses) {
        this.graph = graph;
        this.agent = agent;
        this.ports = ports;
        this.witness = witness;
        this.senses = senses;
    }

    /**
     * Runs what is due; a thread that does not fit is held, with nothing done and nothing lost.
     *
     * @param thread its row as it was read under this lease
     * @param accepted an event of the thread that was accepted here and may be its next; null for none
     * @return whether the lease was given back, with the checkpoint that the thread rests at
     */
    boolean run(ThreadRow thread, Lease lease, @Nullable Event accepted) {
        try {
            return runWhatFits(thread, lease, accepted);
        } catch (RuntimeException e) {
            Fit fit = Holding.reason(e).orElseThrow(() -> e);
            if (new Holding(ports).hold(lease, fit)) {
                witness.held(ports.threads().get(lease.threadId()), Holding.words(fit));
            }
            return false;
        }
    }

    private boolean runWhatFits(ThreadRow begun, Lease lease, @Nullable Event accepted) {
        ThreadRow thread = begun;
        boolean rested = false;
        while (true) {
            Fit place = Fit.at(thread.headNext(), Release.Program.THIS.format(), Release.Program.THIS);
            if (!place.resumes()) {
                throw new Unfit(place);
            }
            Optional<Event> next = atRest(thread) ? ports.threads().next(thread, accepted) : Optional.empty();
            if (atRest(thread) && next.isEmpty()) {
                settle(lease, thread, rested);
                return false;
            }
            ThreadRow stands = thread;
            Optional<Approval> decided = next.flatMap(event -> decided(stands, event));
            if (next.isPresent() && !counts(thread, next.get(), decided)) {
                drop(lease, thread, next.get());
                thread = ports.threads().get(lease.threadId());
                rested = false;
                continue;
            }
            Rested now = stream(lease, thread, next.orElse(null), decided);
            if (now.gaveBack()) {
                return true;
            }
            rested = now.thread().head() > thread.head();
            thread = now.thread();
        }
    }

    /**
     * Says where the thread has come to rest, unless its last step has said so.
     *
     * @param rested whether the row is as that step left it, but for events that came since
     */
    private void settle(Lease lease, ThreadRow thread, boolean rested) {
        ThreadStatus status = settledStatus(thread);
        if (!rested || status != thread.status()) {
            ports.leases().rest(lease, status);
        }
    }

    private static boolean atRest(ThreadRow thread) {
        return thread.headNext().isEmpty() || thread.headNext().equals(StateGraph.END) || waits(thread);
    }

    /** A dropped event may have left the row saying that a turn is due, and a broken turn that a person must look. */
    private ThreadStatus settledStatus(ThreadRow thread) {
        if (thread.status() != ThreadStatus.RUNNING && thread.status() != ThreadStatus.NEEDS_ATTENTION) {
            return thread.status();
        }
        return ports.checkpoints()
                .newest(thread)
                .map(stored -> ReplyNode.status(new ThreadState(stored.state()), thread.kind()))
                .orElse(ThreadStatus.IDLE);
    }

    /** The approval that a decision or an expiry is about, where the thread waits for such. */
    private Optional<Approval> decided(ThreadRow thread, Event event) {
        boolean decides = event.kind() == EventKind.DECISION || event.kind() == EventKind.EXPIRY;
        return decides && waits(thread) ? ports.approvals().find(event.body()) : Optional.empty();
    }

    private boolean counts(ThreadRow thread, Event event, Optional<Approval> decided) {
        return waits(thread) ? hasEffect(thread, event, decided) : event.kind() == EventKind.MESSAGE;
    }

    /** A decision counts where its approval is still open; a withdrawal where there is something to withdraw. */
    private boolean hasEffect(ThreadRow thread, Event event, Optional<Approval> decided) {
        List<String> open = ports.checkpoints()
                .newestForTurn(thread)
                .map(stored -> new ThreadState(stored.state()).strings(ThreadState.OPEN))
                .orElse(List.of());
        return switch (event.kind()) {
            case MESSAGE -> true;
            case DECISION, EXPIRY ->
                open.contains(event.body())
                        && decided.filter(approval -> !approval.state().isOpen())
                                .isPresent();
            case RESOLUTION -> Resolving.counts(ports, thread, event.body());
            case CANCEL ->
                event.body().isEmpty()
                        ? thread.kind() == ThreadKind.JOB || !open.isEmpty()
                        : open.contains(event.body());
        };
    }

    private Turn turn(Lease lease, ThreadRow thread, @Nullable Event event) {
        Turn turn = new Turn(lease, thread, agent.fingerprint());
        if (event != null && event.kind() == EventKind.MESSAGE && !waits(thread)) {
            turn.opensWith(event);
        }
        return turn;
    }

    private static boolean waits(ThreadRow thread) {
        return thread.headNext().equals(AgentGraph.AWAIT);
    }

    /** Without an event a step that was broken off is gone through again. */
    private static GraphInput input(ThreadRow thread, @Nullable Event event) {
        if (event == null) {
            return GraphInput.resume();
        }
        boolean waits = waits(thread);
        Map<String, Object> input = new HashMap<>();
        if (waits) {
            input.put(ThreadState.EVENT, Incoming.of(event).json());
        } else {
            opening(thread, event, input);
        }
        TurnSpan.remember(input);
        return waits ? GraphInput.resume(input) : GraphInput.args(input);
    }

    private static void opening(ThreadRow thread, Event event, Map<String, Object> input) {
        input.put(ThreadState.MESSAGES, List.of(Message.user(event.body(), event.at())));
        input.put(ThreadState.LAST_EVENT, event.seq());
        AwaitNode.freshBudget(thread.kind(), input);
    }

    private void drop(Lease lease, ThreadRow thread, Event event) {
        if (event.kind() == EventKind.RESOLUTION && !waits(thread)) {
            Resolving.aside(ports, lease, thread, event.body());
        }
        ports.checkpoints().forget(thread.id());
        ports.leases().skipEvent(lease, thread.eventsDone());
        boolean notBegun = thread.headNext().isEmpty();
        boolean ofAll = event.kind() == EventKind.CANCEL && event.body().isEmpty();
        if (notBegun && ofAll && thread.kind() == ThreadKind.JOB) {
            ports.leases().rest(lease, ThreadStatus.CANCELED);
        }
    }

    /**
     * A thread that has come to rest.
     *
     * @param gaveBack whether its lease went with that, since nothing more was due
     */
    private record Rested(ThreadRow thread, boolean gaveBack) {}

    /** Runs from there to the next place to rest. */
    private Rested stream(Lease lease, ThreadRow thread, @Nullable Event event, Optional<Approval> decided) {
        if (event != null && event.kind() != EventKind.MESSAGE) {
            witness.begins(thread, event, decided);
        }
        long began = System.nanoTime();
        String outcome = "broken off";
        TurnSpan span = TurnSpan.begin(ports.checkpoints(), thread, event);
        try {
            long number = event == null ? thread.eventsDone() : event.seq();
            Rested now = LogContext.turn(
                    number, () -> toRest(turn(lease, thread, event), input(thread, event), decided, span));
            outcome = "at rest";
            return now;
        } catch (RuntimeException | Error e) {
            span.broke(e);
            throw e;
        } finally {
            span.end();
            Meters.turn(outcome, Duration.ofNanos(System.nanoTime() - began));
        }
    }

    private Rested toRest(Turn turn, GraphInput input, Optional<Approval> decided, TurnSpan span) {
        ThreadRow thread = turn.thread();
        Run run = new Run(turn, senses.apply(turn), () -> witness.preview(thread), decided);
        int told = thread.messages();
        Instant began = ports.clock().instant();
        var outputs = graph.stream(input, run.config());
        for (NodeOutput<ThreadState> output : outputs) {
            Transcript transcript = output.state().messages();
            // A filing is stored with its approval, and told at once; its step waits for the model's answer.
            boolean stored = turn.isWritten() || output.node().equals(AgentGraph.REQUEST);
            if (transcript.size() > told && stored && !output.isEND()) {
                witness.added(thread, told, transcript.slice(told, transcript.size()));
                told = transcript.size();
            }
        }
        ports.database().barrier();
        ThreadRow now = turn.rested().orElseGet(() -> ports.threads().get(thread.id()));
        if (!atRest(now)) {
            throw new IllegalStateException("the engine stopped thread " + thread.id() + " before " + now.headNext()
                    + ", begun " + began + ", which is not a place to rest");
        }
        span.rests(now.status());
        witness.rests(now);
        return new Rested(now, turn.rested().isPresent());
    }
}
