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
 * @param waiting how long to wait for the approval, and who is told meanwhile
 */
public record ApprovalRule(
        String tool, String filingTool, String resourceInstance, String operation, String reason, Waiting waiting) {
    /** A rule that reminds nobody. */
    public ApprovalRule(
            String tool,
            String filingTool,
            String resourceInstance,
            String operation,
            String reason,
            Duration deadline) {
        this(tool, filingTool, resourceInstance, operation, reason, Waiting.until(deadline));
    }

    public ApprovalRule {
        new Template(resourceInstance);
        new Template(operation);
        new Template(reason);
    }
}
