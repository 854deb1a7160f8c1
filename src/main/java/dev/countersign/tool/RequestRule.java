package dev.countersign.tool;

import dev.countersign.permit.RequestKind;
import java.time.Duration;

/**
 * A tool that files a request at Permit; calling it parks the thread until somebody decides.
 *
 * @param tool such as {@code create_access_request}
 * @param deadline how long the thread waits before the request counts as expired, which means no
 */
public record RequestRule(String tool, RequestKind kind, Duration deadline) {
    public RequestRule {
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException(
                    "request tool " + tool + ": expected a deadline above zero, got " + deadline);
        }
    }
}
