package dev.countersign.graph;

import dev.countersign.core.Mark;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.graph.AgentRuntime.EffectView;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What there is, in pages. A page begins where the one before ended, whatever came or went meanwhile: nothing that stays is shown
 * twice or left out. A page costs a page, however long the list. Safe for use by many threads.
 */
public interface Archive {
    /** The principal's threads of one kind (or of both when null), newest first. */
    Page<ThreadView> threads(Principal owner, @Nullable ThreadKind kind, Slice slice);

    /** What this principal asked for, newest first; all, or only what is open. */
    Page<ApprovalView> requestedBy(Principal requester, boolean openOnly, Slice slice);

    /** What this principal decided, the latest first. */
    Page<ApprovalView> decidedBy(Principal reviewer, Slice slice);

    /** What anybody asked for, newest first; the caller has asked Permit whether they may see it. */
    Page<ApprovalView> approvals(Slice slice);

    /** An approval by our id or Permit's, whosever it is; the caller has to ask whether they may see it. */
    Optional<ApprovalView> approval(String id);

    /**
     * The approvals that stand for these requests at Permit, by request, read together; what is not ours is left out. The caller
     * has asked Permit whether they may be seen.
     */
    Map<String, ApprovalView> byRequests(Collection<String> requests);

    /** The last words before this approval was asked for, oldest first: what its reviewer has to know of the conversation. */
    List<Entry> before(ApprovalView approval, int limit);

    /** Effects of the principal's threads whose outcome nobody knows, newest first. */
    Page<EffectView> unknownEffects(Principal owner, Slice slice);

    /**
     * The principal's threads that are held, the latest first: what is due there does not fit the program or the agent of now, and
     * {@code waitingFor} says why.
     */
    default List<ThreadView> held(Principal owner, int limit) {
        return List.of();
    }

    /** A thread's checkpoints, newest first. */
    Page<CheckpointView> checkpoints(Principal owner, String threadId, Slice slice);

    /**
     * One checkpoint of a thread.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-615} when the thread has no such checkpoint
     */
    CheckpointView checkpoint(Principal owner, String threadId, String id);

    /** Whose thread it is, or empty. */
    Optional<Principal> ownerOf(String threadId);

    /** Where these threads stand; those that are not there are left out. Whose they are, the caller has asked before. */
    default List<Standing> standing(Collection<String> threads) {
        return List.of();
    }

    /** Whether other processes may run threads of the same store. */
    default boolean isShared() {
        return false;
    }

    /**
     * Where a thread stands.
     *
     * @param messages how long its transcript is
     */
    record Standing(String thread, int messages, ThreadStatus status) {}

    /** The time by which deadlines are judged. */
    Instant now();

    /** Which part of a list: at most so many rows after the mark. */
    record Slice(Mark after, int limit) {}

    /**
     * A part of a list.
     *
     * @param next where it goes on; null at the end
     */
    record Page<T>(List<T> items, @Nullable Mark next) {
        public Page {
            items = List.copyOf(items);
        }
    }

    /**
     * A step of a thread as people see it.
     *
     * @param seq from 1, rising by one with each step
     * @param next the node it rests before
     * @param messages how long the transcript was
     * @param fingerprint of the agent's definition at that time
     */
    record CheckpointView(
            String id,
            long seq,
            @Nullable String parentId,
            String node,
            String next,
            int messages,
            String fingerprint,
            Instant at) {}
}
