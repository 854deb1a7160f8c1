package dev.countersign.server;

import dev.countersign.graph.AgentRuntime.Live;
import dev.countersign.graph.Archive;
import dev.countersign.thread.ThreadStatus;

/**
 * How far one client has been told what happened in its thread, and whether it is behind what stands in the store. What this very
 * node does is told a moment after it is stored, so being behind counts only when it is seen twice. Safe for use by many threads.
 */
final class Heard {
    private long messages;
    private long ended;
    private long suspected = -1;

    /** A client that knows everything up to this position, the ends of turns included. */
    synchronized void upTo(long position) {
        messages = Math.max(messages, position);
        ended = Math.max(ended, position);
        suspected = -1;
    }

    /** Where the thread stands when the client begins to follow it. */
    synchronized void begins(long position, boolean rests) {
        messages = Math.max(messages, position);
        if (rests) {
            ended = Math.max(ended, position);
        }
    }

    /** The client is told this. */
    synchronized void told(Live news) {
        messages = Math.max(messages, news.data().path("position").asLong(0));
        if (news.kind() == Live.Kind.TURN_ENDED) {
            long all = news.data().path("messages").asLong(0);
            messages = Math.max(messages, all);
            ended = Math.max(ended, all);
        }
    }

    synchronized long messages() {
        return messages;
    }

    synchronized long ended() {
        return ended;
    }

    /** Whether the store has more, as it had the last time, with nothing told since. */
    synchronized boolean isBehind(Archive.Standing now) {
        boolean behind = now.messages() > messages || (now.status() != ThreadStatus.RUNNING && now.messages() > ended);
        long mark = messages + ended;
        boolean again = behind && suspected == mark;
        suspected = behind ? mark : -1;
        return again;
    }
}
