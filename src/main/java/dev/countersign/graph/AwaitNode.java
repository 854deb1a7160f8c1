package dev.countersign.graph;

import dev.countersign.thread.EventKind;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadKind;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bsc.langgraph4j.RunnableConfig;
import org.bsc.langgraph4j.action.InterruptableAction;
import org.bsc.langgraph4j.action.InterruptionMetadata;
import org.bsc.langgraph4j.action.NodeActionWithConfig;
import org.bsc.langgraph4j.state.AgentState;

/**
 * Where a thread parks. It goes on for a new event and nothing else: a resume without one, or with one that was consumed
 * before, interrupts again and writes nothing.
 */
final class AwaitNode implements NodeActionWithConfig<ThreadState>, InterruptableAction<ThreadState> {
    @Override
    public Optional<InterruptionMetadata<ThreadState>> interrupt(
            String nodeId, ThreadState state, RunnableConfig config) {
        boolean isNew = state.text(ThreadState.EVENT)
                .map(json -> Incoming.parse(json).seq() > state.lastEvent())
                .orElse(false);
        return isNew
                ? Optional.empty()
                : Optional.of(InterruptionMetadata.builder(nodeId, state).build());
    }

    @Override
    public Map<String, Object> apply(ThreadState state, RunnableConfig config) {
        Incoming event = Incoming.parse(state.text(ThreadState.EVENT).orElseThrow());
        Map<String, Object> update = new HashMap<>();
        update.put(ThreadState.EVENT, AgentState.MARK_FOR_REMOVAL);
        update.put(ThreadState.LAST_EVENT, event.seq());
        if (event.kind() == EventKind.MESSAGE) {
            update.put(
                    ThreadState.MESSAGES, List.of(Message.user(event.body(), Instant.ofEpochMilli(event.atMillis()))));
        } else {
            update.put(ThreadState.SETTLING, event.json());
        }
        freshBudget(Run.of(config).thread().kind(), update);
        return update;
    }

    /** A chat's limits are per event; a job's are for all of it. */
    static void freshBudget(ThreadKind kind, Map<String, Object> update) {
        if (kind == ThreadKind.CHAT) {
            update.put(ThreadState.STEPS, 0L);
            update.put(ThreadState.ACTIVE_MILLIS, 0L);
        }
    }
}
