package dev.countersign.approval;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * That somebody should be told something. It says what about, never in whose words: what a person wrote stays where it is
 * encrypted.
 *
 * @param approvalId null when it is about the thread as a whole
 * @param deliveredAt null until it was delivered
 */
public record Notification(
        String id,
        String threadId,
        @Nullable String approvalId,
        Kind kind,
        Instant createdAt,
        @Nullable Instant deliveredAt) {
    /** What happened. */
    public enum Kind {
        /** A request was filed: its reviewers should know. */
        FILED,
        /** A request has waited for a while: its reviewers should know again. */
        REMINDER,
        /** A request has waited for long: somebody else should know. */
        ESCALATION,
        /** A request was approved or denied: its requester should know. */
        DECIDED,
        /** A deadline passed: requester and reviewers should know. */
        EXPIRED,
        /** A thread rests until a person looks at it. */
        NEEDS_ATTENTION,
        /** A job has come to its end, well or not: its owner should know, where they asked for that. */
        JOB_FINISHED
    }
}
