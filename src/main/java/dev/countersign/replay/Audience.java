package dev.countersign.replay;

import dev.countersign.graph.Rerun;
import dev.countersign.thread.Message;
import java.util.List;

/** Who follows a replay step by step. Used by one thread. */
interface Audience {
    /** A step that the replay begins with. */
    void given(Recording.Stride step);

    /**
     * The messages that a step has added.
     *
     * @throws Diverged when the step is not what it should be: this ends the replay
     */
    List<Message> hears(Rerun.Stepped step);

    /** How many steps there were. */
    int steps();
}
