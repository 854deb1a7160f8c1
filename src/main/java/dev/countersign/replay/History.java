package dev.countersign.replay;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.graph.Archive;
import dev.countersign.graph.Ports;
import dev.countersign.thread.Lineage;
import java.util.List;

/**
 * Looking back at threads: what each step did, and how the state stood after it. Read from checkpoints, transcript, events,
 * approvals and the journal of effects; nothing is stored for it, nothing is run again, and a turn that is under way is not
 * disturbed. A page costs a page, however long the thread. What approvals and effects have become since is told as it stands
 * now. Safe for use by many threads.
 */
public interface History {
    /** The history over the stores of a runtime. */
    static History over(Ports ports) {
        return new StoredHistory(ports);
    }

    /**
     * Steps of a thread, newest first.
     *
     * @param slice the time of its mark is a step's number: those before it are read
     * @throws dev.countersign.core.CountersignException {@code CS-212} when the principal has no such thread
     */
    Archive.Page<Step> steps(Principal owner, String threadId, Archive.Slice slice);

    /**
     * A thread as it stood after one step.
     *
     * @param messages how many of the last messages are wanted
     * @throws dev.countersign.core.CountersignException {@code CS-640} when the thread has no such step, {@code CS-212} when the
     *     principal has no such thread
     */
    Moment at(Principal owner, String threadId, long seq, int messages);

    /**
     * A thread among those it was forked from and all that were forked from those: each parent before its forks.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-212} when the principal has no such thread
     */
    List<Lineage.Member> family(Principal owner, String threadId);

    /**
     * All that a strict replay of a thread needs, up to where the thread rests.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-641} when a turn of it is under way, {@code CS-642} when it has
     *     steps of a version that did not note what a replay needs, {@code CS-212} when the principal has no such thread
     */
    Recording recording(Principal owner, String threadId);

    /**
     * A state.
     *
     * @param head the number of the thread's newest step
     * @param state the small keys, JSON texts as what they say
     * @param last the last messages of the transcript as it was, oldest first
     */
    record Moment(Step step, long head, JsonNode state, List<Entry> last) {
        public Moment {
            last = List.copyOf(last);
        }
    }
}
