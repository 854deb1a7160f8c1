package dev.countersign.replay;

import dev.countersign.graph.AgentRuntime.Entry;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step of a thread, and what it did: how the state after it differs from the state before it. A first step is compared with
 * nothing; the first of a fork is not compared at all, since it begins as its parent stood.
 *
 * @param seq from 1, rising by one with each step
 * @param parentId the step before; null for a thread's first
 * @param node what ran
 * @param next the node it rests before
 * @param fingerprint of the agent's definition at that time
 * @param messages how long the transcript was after it
 * @param event what it took up; null when it took up nothing
 * @param changes of the small keys
 * @param added messages, oldest first
 * @param calls of tools that were answered in it
 * @param approvals that it asked for or settled
 */
public record Step(
        String id,
        long seq,
        @Nullable String parentId,
        String node,
        String next,
        Instant at,
        String fingerprint,
        int messages,
        @Nullable Consumed event,
        List<Change> changes,
        List<Entry> added,
        List<Called> calls,
        List<Touched> approvals) {
    public Step {
        changes = List.copyOf(changes);
        added = List.copyOf(added);
        calls = List.copyOf(calls);
        approvals = List.copyOf(approvals);
    }

    /**
     * An event that a step took up.
     *
     * @param kind message, decision, cancel, expiry or resolution
     * @param about the approval or effect it names; null when it names none
     * @param at when it was accepted
     */
    public record Consumed(long seq, String kind, @Nullable String about, Instant at) {}

    /**
     * A tool call that was answered in a step.
     *
     * @param arguments as it ran; as the model wrote them when it did not run
     * @param outcome refused, filed, succeeded, failed, not_sent, unknown, or told for what the graph itself had to say
     * @param effect its row in the journal as it stands now; null for what changes nothing
     */
    public record Called(
            String id,
            String tool,
            String arguments,
            String outcome,
            @Nullable Journaled effect) {}

    /**
     * An effect as the journal holds it now.
     *
     * @param state intent, dispatched, succeeded, failed, not_sent or unknown
     * @param attempts how often it was sent
     */
    public record Journaled(
            String id,
            String state,
            int attempts,
            @Nullable Instant dispatchedAt,
            @Nullable Instant endedAt) {}

    /**
     * An approval that a step asked for or settled, as it stands now.
     *
     * @param how asked or settled
     * @param state filing, pending, approved, denied, canceled, expired, spent or failed
     */
    public record Touched(
            String id,
            String how,
            String state,
            String kind,
            String tool,
            @Nullable String resourceInstance,
            @Nullable String operation,
            @Nullable String requestId,
            @Nullable String reviewer,
            @Nullable String comment,
            @Nullable Instant decidedAt) {}
}
