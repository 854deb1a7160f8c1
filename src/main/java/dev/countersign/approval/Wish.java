package dev.countersign.approval;

import dev.countersign.permit.RequestKind;
import java.time.Duration;
import java.util.List;
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
 * @param terms what the bound call was asked under; null without one, and for a wish from before that was kept
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
        @Nullable Duration escalateAfter,
        @Nullable Terms terms) {
    /** A wish of which is not known what it was asked under. */
    public Wish(
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
        this(
                kind,
                tool,
                arguments,
                bound,
                resourceInstance,
                role,
                operation,
                reason,
                deadline,
                remindAfter,
                escalateAfter,
                null);
    }

    /** The same wish, asked under these terms. */
    public Wish under(@Nullable Terms known) {
        return new Wish(
                kind,
                tool,
                arguments,
                bound,
                resourceInstance,
                role,
                operation,
                reason,
                deadline,
                remindAfter,
                escalateAfter,
                known);
    }

    /** A call that waits for a yes, exactly as it will run. */
    public record BoundCall(String callId, String tool, String arguments) {}

    /**
     * What a call was asked under: a yes is for that.
     *
     * @param server that offered the tool
     * @param reading digest of what the tool's schema said of the arguments
     * @param roles of the requester
     */
    public record Terms(String server, String reading, List<String> roles) {
        public Terms {
            roles = List.copyOf(roles);
        }
    }
}
