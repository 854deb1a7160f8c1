package dev.countersign.checkpoint;

import dev.countersign.thread.Lease;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * Writes all steps of a turn at once, as the saver would have written them one by one: for filling a store with threads that
 * look as if they had been run. Safe for use by many threads.
 */
public final class Imprints {
    private final CheckpointStore store;

    public Imprints(CheckpointStore store) {
        this.store = store;
    }

    /**
     * Writes the steps of a thread's first turn within a transaction of the caller. Nobody else may know of the thread yet.
     *
     * @param steps oldest first; they get names of that thread. It rests after the last one
     * @param rest as what it rests
     */
    public void write(Handle tx, ThreadRow thread, List<CheckpointStore.Stored> steps, ThreadStatus rest) {
        Turn turn = new Turn(
                new Lease(thread.id(), thread.fence()), thread, steps.get(0).fingerprint());
        turn.restAs(rest);
        for (int i = 0; i < steps.size(); i++) {
            CheckpointStore.Stored step = steps.get(i);
            boolean last = i == steps.size() - 1;
            StepWriter.Draft draft =
                    store.draft(turn, new CheckpointStore.Step(step.node(), step.nextNode(), step.state(), last));
            turn.written(draft, store.write(tx, turn, draft));
        }
    }
}
