package dev.countersign.tool;

import dev.countersign.core.Digest;

/**
 * What is to be done, before it is done.
 *
 * @param id the effect's id and idempotency key
 * @param callId the tool call it belongs to, unique in its thread
 * @param arguments canonical JSON
 * @param repeatable whether the tool may be called again with the same key
 */
public record EffectIntent(String id, String callId, String tool, String arguments, boolean repeatable) {
    /** The intent of a call; the same call of the same thread always gets the same id. */
    public static EffectIntent of(String threadId, String callId, ToolInfo tool, String arguments) {
        return new EffectIntent(
                id(threadId, callId, tool.name(), arguments), callId, tool.name(), arguments, tool.repeatable());
    }

    /** The id that the effect of a call has, if the call has one. */
    public static String id(String threadId, String callId, String tool, String arguments) {
        return Digest.of("effect", threadId, callId, tool, arguments);
    }

    /** The digest that binds an approval to this call. */
    public String argumentDigest() {
        return GateRules.digest(tool, arguments);
    }
}
