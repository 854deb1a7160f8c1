package dev.countersign.tool;

import dev.countersign.core.Principal;
import org.jspecify.annotations.Nullable;

/**
 * A call that the gate let through.
 *
 * @param callId the call's own id, unique in its thread
 * @param arguments canonical JSON as the verdict gave it
 * @param user the verified acting user
 * @param reference for calls that file a request: what finds it again at Permit; else null
 */
public record ToolRun(
        EffectSite site,
        String callId,
        ToolInfo tool,
        String arguments,
        Principal user,
        @Nullable String reference) {
    EffectIntent intent() {
        return EffectIntent.of(site.threadId(), callId, tool, arguments);
    }
}
