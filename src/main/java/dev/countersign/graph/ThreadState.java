package dev.countersign.graph;

import dev.countersign.checkpoint.CheckpointStore;
import dev.countersign.thread.Message;
import dev.countersign.thread.Transcript;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bsc.langgraph4j.state.AgentState;
import org.bsc.langgraph4j.state.Channel;
import org.bsc.langgraph4j.state.Reducer;

/** The graph's state: a transcript and a few small keys, every value immutable, so that a copy of it may share them all. */
final class ThreadState extends AgentState {
    static final String MESSAGES = CheckpointStore.MESSAGES;
    static final String LAST_EVENT = CheckpointStore.LAST_EVENT;

    /** The event a resumed run brings, as {@link Incoming} JSON; gone once await has taken it. */
    static final String EVENT = "event";

    /** What settle has to do, as {@link Incoming} JSON. */
    static final String SETTLING = "settling";

    /** What the gate decided and nobody has done yet, as {@link Plan} JSON. */
    static final String PLAN = "plan";

    /** Ids of our approvals that the thread waits for. */
    static final String OPEN = "open";

    /** Ids of effects whose outcome is unknown. */
    static final String UNKNOWN = "unknown";

    /** Model calls since the user's last message, or in the whole job. */
    static final String STEPS = "steps";

    /** Working time since the user's last message, or of the whole job, in milliseconds. */
    static final String ACTIVE_MILLIS = "activeMillis";

    /** How a job ends when it does not end well: {@code failed} or {@code canceled}; absent in chats. */
    static final String ENDING = "ending";

    /** What the first messages come to, as {@link Summary} JSON; absent while the window holds all, and where none is made. */
    static final String SUMMARY = "summary";

    /** The span that brought the thread here, as {@link dev.countersign.core.Traces#here} says it; absent when nobody traces. */
    static final String TRACE = "trace";

    static final Map<String, Channel<?>> SCHEMA = Map.of(MESSAGES, new MessagesChannel());

    ThreadState(Map<String, Object> data) {
        super(data);
    }

    Transcript messages() {
        return this.<Transcript>value(MESSAGES).orElseGet(Transcript::empty);
    }

    long lastEvent() {
        return number(LAST_EVENT);
    }

    long number(String key) {
        return this.<Long>value(key).orElse(0L);
    }

    List<String> strings(String key) {
        return this.<List<String>>value(key).orElse(List.of());
    }

    Optional<String> text(String key) {
        return value(key);
    }

    boolean isOpen() {
        return !strings(OPEN).isEmpty() || !strings(UNKNOWN).isEmpty();
    }

    /** Nodes return the messages to add; the channel appends them without copying the transcript. */
    private static final class MessagesChannel implements Channel<Object> {
        @Override
        public Optional<Reducer<Object>> getReducer() {
            return Optional.empty();
        }

        @Override
        public Optional<Supplier<Object>> getDefault() {
            return Optional.of(Transcript::empty);
        }

        @Override
        public Object update(String key, Object oldValue, Object newValue) {
            Transcript before = oldValue == null ? Transcript.empty() : (Transcript) oldValue;
            if (newValue instanceof Transcript whole) {
                return whole;
            }
            @SuppressWarnings("unchecked")
            List<Message> more = (List<Message>) newValue;
            return before.plus(more);
        }
    }
}
