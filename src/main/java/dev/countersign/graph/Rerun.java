package dev.countersign.graph;

import dev.countersign.approval.Approval;
import dev.countersign.checkpoint.StoreSaver;
import dev.countersign.checkpoint.Turn;
import dev.countersign.thread.Event;
import dev.countersign.thread.Lease;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadRow;
import dev.countersign.tool.EffectJournal;
import dev.countersign.tool.EffectRecord;
import dev.countersign.tool.EffectState;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bsc.langgraph4j.CompiledGraph;
import org.bsc.langgraph4j.RunnableConfig;
import org.bsc.langgraph4j.checkpoint.BaseCheckpointSaver;
import org.bsc.langgraph4j.checkpoint.Checkpoint;
import org.jspecify.annotations.Nullable;

/**
 * Runs turns of one thread once more: with the graph, the nodes and the runner of production, over stores that are thrown away,
 * and with everything else from a record. Nothing goes on by itself: a turn runs when it is told to, on the caller's thread. Used
 * by one thread.
 */
public final class Rerun {
    /** Sees what nodes return, before it is stored. What it gives back goes on in its place: so a test can break a node. */
    @FunctionalInterface
    public interface Tap {
        Map<String, Object> passes(String node, Map<String, Object> update);
    }

    /**
     * A step that was stored.
     *
     * @param seq its number
     * @param state the whole state after it
     */
    public record Stepped(long seq, String node, String next, Map<String, Object> state) {}

    /** Hears of each step once it is stored; what it throws ends the turn. */
    @FunctionalInterface
    public interface Listener {
        void stepped(Stepped step);
    }

    private static final int EFFECTS_MAX = 100_000;

    private final Ports ports;
    private final Senses senses;
    private final Listener listener;
    private final Tap tap;
    private final Map<Outfit, CompiledGraph<ThreadState>> graphs = new HashMap<>();
    private @Nullable Turn turn;

    /**
     * @param ports over stores that may be written to and thrown away
     * @param senses what the record says of the world
     */
    public Rerun(Ports ports, Senses senses, Listener listener, Tap tap) {
        this.ports = ports;
        this.senses = senses;
        this.listener = listener;
        this.tap = tap;
    }

    /** The number of the step under way, from 1. */
    public long step() {
        return turn == null ? 1 : turn.step();
    }

    /** Runs what is due under the lease, as the agent is in this outfit, until the thread rests. */
    public void run(Lease lease, Outfit outfit) {
        CompiledGraph<ThreadState> graph = graphs.computeIfAbsent(
                outfit, one -> AgentGraph.compile(Equipment.ofReplay(one, ports), new Watched(), tap));
        var unused = new TurnRunner(graph, outfit.agent(), ports, new Nobody(), this::begins)
                .run(ports.threads().get(lease.threadId()), lease, null);
    }

    private Senses begins(Turn begun) {
        turn = begun;
        return senses;
    }

    /** The body of a person's answer to the effect of a call, as the journal over these stores would have it answered now. */
    public String resolution(ThreadRow thread, String callId, EffectJournal.Resolution resolution) {
        Optional<EffectRecord> effect = ports.effects().ofThread(Effects.site(ports, thread, 0), EFFECTS_MAX).stream()
                .filter(one -> one.callId().equals(callId) && one.state() == EffectState.UNKNOWN)
                .findFirst();
        return new Answer(
                        effect.map(EffectRecord::id).orElse("none"),
                        effect.map(EffectRecord::attempts).orElse(0),
                        resolution)
                .json();
    }

    /** What a person's answer says: the effect it is about. */
    public static String effectOf(String resolution) {
        return Answer.parse(resolution).effect();
    }

    /** What a person's answer says: what is to be done. */
    public static EffectJournal.Resolution meaningOf(String resolution) {
        return Answer.parse(resolution).resolution();
    }

    /** The small keys of a state that a replay compares: without the transcript, and without what a tracer left there. */
    public static Map<String, Object> comparable(Map<String, Object> state) {
        Map<String, Object> keys = new HashMap<>(state);
        keys.remove(ThreadState.MESSAGES);
        keys.remove(ThreadState.TRACE);
        // The event's body stands in the record already, and an answer to an effect names the attempt, which is the
        // journal's.
        keys.computeIfPresent(ThreadState.EVENT, (key, json) -> about((String) json));
        keys.computeIfPresent(ThreadState.SETTLING, (key, json) -> about((String) json));
        return keys;
    }

    private static String about(String incoming) {
        Incoming event = Incoming.parse(incoming);
        return event.seq() + " " + event.kind();
    }

    /** Working time as a state counts it. */
    public static long activeMillis(Map<String, Object> state) {
        return new ThreadState(state).number(ThreadState.ACTIVE_MILLIS);
    }

    /** What a state's summary says; empty when it has none. */
    public static String summary(Map<String, Object> state) {
        return Summary.in(new ThreadState(state)).text();
    }

    /** A state whose summary, if it has one, has other words. */
    public static Map<String, Object> summarising(Map<String, Object> state, UnaryOperator<String> words) {
        Map<String, Object> other = new HashMap<>(state);
        other.computeIfPresent(ThreadState.SUMMARY, (key, json) -> Summary.saying((String) json, words));
        return other;
    }

    /** Whether a thread rests before this node. */
    public static boolean isRest(String next) {
        return next.isEmpty() || next.equals(GraphShape.END) || next.equals(AgentGraph.AWAIT);
    }

    /** Whether a chat's working time begins anew with this node. */
    public static boolean isFresh(String node) {
        return node.equals(GraphShape.START) || node.equals(AgentGraph.AWAIT);
    }

    private final class Watched implements BaseCheckpointSaver {
        private final StoreSaver saver = AgentGraph.saver(ports);

        @Override
        public Collection<Checkpoint> list(RunnableConfig config) {
            return saver.list(config);
        }

        @Override
        public Optional<Checkpoint> get(RunnableConfig config) {
            return saver.get(config);
        }

        @Override
        public RunnableConfig put(RunnableConfig config, Checkpoint checkpoint) throws Exception {
            long seq = Turn.of(config).step();
            RunnableConfig after = saver.put(config, checkpoint);
            listener.stepped(
                    new Stepped(seq, checkpoint.getNodeId(), checkpoint.getNextNodeId(), checkpoint.getState()));
            return after;
        }

        @Override
        public Tag release(RunnableConfig config) throws Exception {
            return saver.release(config);
        }
    }

    private static final class Nobody implements TurnRunner.Witness {
        @Override
        public void begins(ThreadRow thread, Event event, Optional<Approval> decided) {}

        @Override
        public void added(ThreadRow thread, int before, List<Message> messages) {}

        @Override
        public void rests(ThreadRow thread) {}
    }
}
