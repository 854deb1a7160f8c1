package dev.countersign.tool;

import dev.countersign.permit.RequestKind;
import java.time.Duration;

/**
 * A tool that files a request at Permit; calling it parks the thread until somebody decides.
 *
 * @param tool such as {@code create_access_request}
 * @param waiting how long the thread waits, and who is told meanwhile
 */
public record RequestRule(String tool, RequestKind kind, Waiting waiting) {
    /** A rule that reminds nobody. */
    public RequestRule(String tool, RequestKind kind, Duration deadline) {
        this(tool, kind, Waiting.until(deadline));
    }
}
