package dev.countersign.tool;

import dev.countersign.permit.RequestKind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a decision is waited for, counted from the filing.
 *
 * @param deadline after which the request is withdrawn and counts as expired, which means no
 * @param remindAfter when the reviewers are reminded; null for never
 * @param escalateAfter when somebody else is told; null for never
 */
public record Waiting(
        Duration deadline,
        @Nullable Duration remindAfter,
        @Nullable Duration escalateAfter) {
    private static final Duration ACCESS = Duration.ofDays(7);
    private static final Duration OPERATION = Duration.ofDays(1);

    public Waiting {
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("expected a deadline above zero, got " + deadline);
        }
        requireWithin(deadline, "remind_after", remindAfter);
        requireWithin(deadline, "escalate_after", escalateAfter);
    }

    private static void requireWithin(Duration deadline, String name, @Nullable Duration after) {
        if (after != null && (after.isNegative() || after.isZero() || after.compareTo(deadline) >= 0)) {
            throw new IllegalArgumentException(
                    "expected " + name + " to be above zero and below the deadline of " + deadline + ", got " + after);
        }
    }

    /** Until the deadline, without a reminder. */
    public static Waiting until(Duration deadline) {
        return new Waiting(deadline, null, null);
    }

    /** The deadline of a rule that names none: 7 days for access, 1 day for an operation. */
    public static Duration deadlineOf(RequestKind kind) {
        return kind == RequestKind.ACCESS ? ACCESS : OPERATION;
    }
}
