package dev.countersign.notify;

import dev.countersign.approval.Approval;
import dev.countersign.approval.ApprovalState;
import dev.countersign.approval.Notification;
import dev.countersign.approval.Notification.Kind;
import dev.countersign.approval.Wish;
import dev.countersign.permit.RequestKind;
import java.time.Duration;
import java.time.Instant;

/** Notices that need no store. */
final class Samples {
    static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    private Samples() {}

    static Notice notice(Kind kind, String reason, String arguments) {
        boolean ofThread = kind == Kind.NEEDS_ATTENTION || kind == Kind.JOB_FINISHED;
        Notification about =
                new Notification("a-1/" + kind + "/0", "t-1", ofThread ? null : "a-1", kind, NOW.minusSeconds(5), null);
        return new Notice(about, "henry", "food-ordering", ofThread ? null : approval(reason, arguments), NOW);
    }

    private static Approval approval(String reason, String arguments) {
        Wish wish = new Wish(
                RequestKind.OPERATION,
                "order_dish",
                arguments,
                null,
                "3",
                null,
                "order Truffle Pasta",
                reason,
                Duration.ofDays(7),
                null,
                null);
        return new Approval(
                "a-1",
                "t-1",
                "ref",
                ApprovalState.PENDING,
                1,
                "henry",
                "food-ordering",
                "digest",
                wish,
                "r-1",
                null,
                null,
                NOW.minus(Duration.ofHours(7)),
                NOW.plus(Duration.ofDays(1)),
                null,
                false);
    }
}
