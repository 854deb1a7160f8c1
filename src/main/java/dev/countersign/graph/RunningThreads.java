package dev.countersign.graph;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which threads a worker of this process is at, and whether somebody has asked for another look since it began. Whoever asks is told to
 * send a worker, or the one that is there looks again: nobody is forgotten between the two. Safe for use by many threads.
 */
final class RunningThreads {
    /** true: somebody has asked since the last look began. */
    private final Map<String, Boolean> running = new ConcurrentHashMap<>();

    /** Asks for a look at what was stored before; gives back whether the caller has to send a worker. */
    boolean ask(String threadId) {
        // In one step with the worker's leaving: between a look at the map and a word left there the worker would be
        // gone.
        return !running.compute(threadId, (id, asked) -> asked != null);
    }

    /** A look begins, which sees whatever was asked for before. */
    void looks(String threadId) {
        running.put(threadId, false);
    }

    /** The worker itself has seen that another look is needed. */
    void lookAgain(String threadId) {
        running.computeIfPresent(threadId, (id, asked) -> true);
    }

    /** A look is over; gives back whether the worker has to look again. If not, it has left. */
    boolean isAskedAgain(String threadId) {
        return running.computeIfPresent(threadId, (id, asked) -> asked ? true : null) != null;
    }

    /** No worker could be sent. */
    void forget(String threadId) {
        running.remove(threadId);
    }

    boolean isEmpty() {
        return running.isEmpty();
    }
}
