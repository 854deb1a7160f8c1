package dev.countersign.graph;

import dev.countersign.thread.Message;
import dev.countersign.thread.Transcript;
import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What the engine does to a state three times a step. */
@State(Scope.Thread)
public class StateCloneBench {
    /** Messages of the transcript. */
    @Param({"20", "2000"})
    public int messages;

    private final StructuralCopy copy = new StructuralCopy();
    private Map<String, Object> state = Map.of();

    /** A state as it is between two nodes. */
    @Setup
    public void state() {
        Message said = Message.user("x".repeat(500), Instant.EPOCH);
        state = new HashMap<>(Map.of(
                ThreadState.MESSAGES,
                Transcript.empty().plus(Collections.nCopies(messages, said)),
                ThreadState.LAST_EVENT,
                7L,
                ThreadState.STEPS,
                3L,
                ThreadState.OPEN,
                List.of("an approval")));
    }

    /** One clone. */
    @Benchmark
    public Object cloneState() throws IOException, ClassNotFoundException {
        return copy.cloneObject(state);
    }
}
