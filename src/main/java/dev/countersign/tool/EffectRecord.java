package dev.countersign.tool;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An effect as the journal holds it.
 *
 * @param attempts how often it was dispatched
 * @param outcome the words of its end; null while it has none
 */
public record EffectRecord(
        String id,
        String threadId,
        String callId,
        String tool,
        String arguments,
        EffectState state,
        int attempts,
        @Nullable String outcome,
        Instant createdAt,
        @Nullable Instant dispatchedAt,
        @Nullable Instant endedAt) {}
