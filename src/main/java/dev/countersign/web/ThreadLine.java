package dev.countersign.web;

import dev.countersign.graph.AgentRuntime.ThreadView;
import java.time.Instant;

/**
 * A conversation in a list.
 *
 * @param mood colour and words of its state; empty when there is nothing to say of it
 * @param open whether it is the one that is looked at
 */
record ThreadLine(String id, String title, Mood mood, Instant updated, boolean open) {
    /** A state in a word, and its colour. */
    record Mood(String colour, String word) {}

    static ThreadLine of(ThreadView thread, boolean open) {
        return new ThreadLine(thread.id(), thread.title(), mood(thread), thread.updatedAt(), open);
    }

    private static Mood mood(ThreadView thread) {
        return switch (thread.status()) {
            case RUNNING -> new Mood("", "working");
            case PARKED -> new Mood("warn", "waiting");
            case NEEDS_ATTENTION -> new Mood("bad", "needs you");
            case FAILED -> new Mood("bad", "failed");
            default -> new Mood("", "");
        };
    }
}
