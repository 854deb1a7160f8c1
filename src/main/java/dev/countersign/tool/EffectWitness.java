package dev.countersign.tool;

import java.time.Instant;
import org.jdbi.v3.core.Handle;

/** Sees every move of an effect inside the transaction that makes it, so that a log of it commits together with it. */
@FunctionalInterface
public interface EffectWitness {
    /** Sees nothing. */
    EffectWitness NONE = (transaction, step) -> {};

    /** Called in the transaction; an exception undoes the move. */
    void saw(Handle transaction, Step step);

    /** One move. */
    record Step(
            String threadId,
            String owner,
            String effectId,
            String tool,
            String argumentDigest,
            EffectState state,
            Instant at) {}
}
