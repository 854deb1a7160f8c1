package dev.countersign.graph;

import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.util.Map;
import org.bsc.langgraph4j.serializer.StateSerializer;

/**
 * Copies a state by sharing its values, all of which are immutable; the engine's own way is to serialise and parse the whole
 * state three times a step. Nothing is ever serialised here: the saver stores what it needs in its own form.
 */
final class StructuralCopy extends StateSerializer<ThreadState> {
    StructuralCopy() {
        super(ThreadState::new);
    }

    /** The caller has just built this state over a fresh copy of the map. */
    @Override
    public ThreadState cloneObject(ThreadState state) {
        return state;
    }

    @Override
    public void writeData(Map<String, Object> data, ObjectOutput out) {
        throw new UnsupportedOperationException("states are not serialised; the saver has its own format");
    }

    @Override
    public Map<String, Object> readData(ObjectInput in) {
        throw new UnsupportedOperationException("states are not serialised; the saver has its own format");
    }
}
