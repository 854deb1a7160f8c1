package dev.countersign.tool;

import java.time.Duration;

/**
 * A tool that runs only after an operation approval for just this call. The templates name arguments in braces, such as
 * {@code Resize volume {volume_id} to {size_gb} GB}; a call that lacks one of them is refused.
 *
 * @param tool the tool that waits
 * @param filingTool the tool that files the approval: one of the agent's request tools, of kind operation
 * @param resourceInstance template of the instance's key at Permit
 * @param operation template of what the approval is for
 * @param reason template of what the reviewer reads; facts from the call, never an invented motive
 * @param deadline how long to wait before the approval counts as expired, which means no
 */
public record ApprovalRule(
        String tool, String filingTool, String resourceInstance, String operation, String reason, Duration deadline) {
    public ApprovalRule {
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException(
                    "approval of " + tool + ": expected a deadline above zero, got " + deadline);
        }
        new Template(resourceInstance);
        new Template(operation);
        new Template(reason);
    }
}
