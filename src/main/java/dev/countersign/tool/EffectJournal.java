package dev.countersign.tool;

import dev.countersign.core.Mark;
import dev.countersign.db.Database;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The write-ahead journal of effects: a row before the call, its outcome after it, so that whoever comes back after a crash
 * knows what may have happened. Arguments and outcomes are encrypted with the thread's cipher.
 *
 * <p>Every move that leads to an act checks the thread's fence in its own transaction. An outcome is recorded without
 * that check, since it tells what is true, but only for the attempt it belongs to. Safe for use by many threads.
 */
public interface EffectJournal {
    /** The journal in the store's table {@code effect}. */
    static EffectJournal over(Database database, Clock clock, EffectWitness witness) {
        return new StoredEffectJournal(database, clock, witness);
    }

    /**
     * Writes the intent in the caller's transaction; does nothing when it is written already.
     *
     * @return false when the lease is lost: the caller must roll back
     */
    boolean intend(Handle transaction, EffectSite site, EffectIntent intent);

    /**
     * Marks the effect, written down before or not, as about to be sent. When the answer is {@link Dispatch.Go}, the row has
     * committed, and for an effect that may not be repeated it also survives a power cut.
     */
    Dispatch dispatch(EffectSite site, EffectIntent intent);

    /** Marks the next sending, with the same key, of an effect in doubt; refused for one that may not be repeated. */
    Dispatch repeat(EffectSite site, EffectIntent intent, int attempt);

    /**
     * Records how an attempt ended.
     *
     * @return false when the effect has moved on since: another attempt was made, or it was given up
     */
    boolean end(EffectSite site, EffectIntent intent, int attempt, ToolOutcome outcome);

    /**
     * Records what a person found out about an effect whose outcome was unknown, in the caller's transaction.
     *
     * @return false when it is not unknown (any more), or the lease is lost
     */
    boolean resolve(Handle transaction, EffectSite site, String id, Resolution resolution);

    /**
     * Takes a person's answer to an unknown effect, in the caller's transaction, which must write it down as well.
     *
     * @return false when it is not unknown any more, or this attempt was answered before
     */
    boolean answer(Handle transaction, String threadId, String id, int attempt);

    /** Whether one of the thread's effects has not ended, or nobody knows how; in the caller's transaction. */
    boolean unsettled(Handle transaction, String threadId);

    /** Removes a thread's effects, for good, in the caller's transaction, which holds the thread; gives back how many. */
    int remove(Handle transaction, String threadId);

    /** Lets an unknown effect be answered once more, in the caller's transaction: the last answer could not be followed. */
    void askAgain(Handle transaction, EffectSite site, String id);

    /** An effect and its thread. */
    record Waiting(String threadId, String effectId) {}

    /** Unknown effects of this owner's threads, newest first. */
    default List<Waiting> unknownOf(String owner, int limit) {
        return unknownOf(owner, Mark.NEWEST, limit);
    }

    /** Those of them that come after the mark. */
    List<Waiting> unknownOf(String owner, Mark after, int limit);

    /** The thread of an effect; empty when there is no such effect. */
    Optional<String> threadOf(String id);

    /** One effect; empty when there is none. */
    Optional<EffectRecord> find(EffectSite site, String id);

    /** The thread's effects, oldest first. */
    List<EffectRecord> ofThread(EffectSite site, int limit);

    /** What a person says about an effect whose outcome is unknown. */
    enum Resolution {
        /** Send it again. */
        RETRY,
        /** It happened. */
        CONFIRM,
        /** It did not happen. */
        REFUTE
    }
}
