package dev.countersign.approval;

import dev.countersign.permit.RequestKind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants a reviewer's yes for.
 *
 * @param tool the tool that the wish is about: the filing tool when the model files, else the gated one
 * @param arguments its arguments, a JSON object
 * @param bound the call that a yes lets run by itself, or null when the model carries on by itself
 * @param role the role asked for, for access
 * @param operation what an operation approval is for
 * @param deadline how long to wait for a decision
 * @param remindAfter when to remind the reviewers; null for never
 * @param escalateAfter when to tell somebody else; null for never
 */
public record Wish(
        RequestKind kind,
        String tool,
        String arguments,
        @Nullable BoundCall bound,
        @Nullable String resourceInstance,
        @Nullable String role,
        @Nullable String operation,
        String reason,
        Duration deadline,
        @Nullable Duration remindAfter,
        @Nullable Duration escalateAfter) {
    /** A call that waits for a yes, exactly as it will run. */
    public record BoundCall(String callId, String tool, String arguments) {}
}
