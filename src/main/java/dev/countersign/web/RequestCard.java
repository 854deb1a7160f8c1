package dev.countersign.web;

import dev.countersign.graph.AgentRuntime.ApprovalView;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request in its requester's chat.
 *
 * @param what is asked for, in words
 * @param mood which of the colours: pending, approved, denied or over
 * @param words where it stands
 * @param comment the reviewer's; null when there is none
 * @param canWithdraw whether it is still open
 */
record RequestCard(
        String approval,
        String thread,
        String what,
        String mood,
        String words,
        String reason,
        @Nullable String comment,
        Instant filed,
        @Nullable Instant decided,
        Instant deadline,
        boolean canWithdraw) {
    static RequestCard of(ApprovalView approval, NameBook names) {
        boolean pending = approval.state().equals("pending");
        return new RequestCard(
                approval.id(),
                approval.threadId(),
                Asked.of(approval, names),
                mood(approval.state()),
                words(approval, names),
                approval.reason(),
                approval.comment(),
                approval.createdAt(),
                approval.decidedAt(),
                approval.deadline(),
                pending);
    }

    private static String mood(String state) {
        return switch (state) {
            case "filing", "pending" -> "pending";
            case "approved", "spent" -> "approved";
            case "denied" -> "denied";
            default -> "over";
        };
    }

    private static String words(ApprovalView approval, NameBook names) {
        String reviewer = approval.reviewer();
        String by = reviewer == null ? "" : " by " + names.user(reviewer);
        return switch (approval.state()) {
            case "filing" -> "Being filed";
            case "pending" -> "Waiting for a reviewer";
            case "approved" -> "Approved" + by;
            case "spent" -> "Approved" + by + " and used";
            case "denied" -> "Denied" + by;
            case "canceled" -> "Withdrawn";
            case "expired" -> "Expired: nobody decided in time";
            default -> "Not taken by Permit";
        };
    }

    /** The same, once it was asked to be withdrawn. */
    RequestCard leaving() {
        return new RequestCard(
                approval, thread, what, "over", "Being withdrawn", reason, comment, filed, decided, deadline, false);
    }

    /** Whether there is nothing more to wait for. */
    boolean open() {
        return mood.equals("pending");
    }

    /** What tells one showing from the next. */
    String version() {
        return words + deadline + comment;
    }
}
