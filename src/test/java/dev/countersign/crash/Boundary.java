package dev.countersign.crash;

import java.util.List;

/**
 * Every place where something becomes durable, or happens outside, and where a process may therefore end with a meaning of its
 * own. A conversation passes each of them at least once; the dry run of the crash matrix says so.
 */
enum Boundary {
    BEFORE_THREAD_COMMIT,
    AFTER_THREAD_COMMIT,
    BEFORE_EVENT_COMMIT,
    AFTER_EVENT_COMMIT,
    BEFORE_EVENT_BARRIER(Trait.H2_ONLY),
    AFTER_EVENT_BARRIER(Trait.H2_ONLY),
    BEFORE_ACKNOWLEDGED,
    AFTER_ACKNOWLEDGED,
    BEFORE_LEASE_COMMIT,
    AFTER_LEASE_COMMIT,
    /** The checkpoint that consumes an event. */
    BEFORE_CONSUME_PUT,
    AFTER_CONSUME_PUT,
    BEFORE_CHECKPOINT_PUT,
    AFTER_CHECKPOINT_PUT,
    BEFORE_DISPATCH_COMMIT,
    AFTER_DISPATCH_COMMIT(Trait.AMBIGUOUS),
    BEFORE_DISPATCH_BARRIER(Trait.H2_ONLY, Trait.AMBIGUOUS),
    AFTER_DISPATCH_BARRIER(Trait.H2_ONLY, Trait.AMBIGUOUS),
    BEFORE_TOOL_CALL(Trait.AMBIGUOUS),
    /** The effect took place, and nobody has heard of it. */
    AFTER_EFFECT(Trait.AMBIGUOUS),
    BEFORE_OUTCOME_COMMIT(Trait.AMBIGUOUS),
    AFTER_OUTCOME_COMMIT,
    BEFORE_FILING_COMMIT,
    AFTER_FILING_COMMIT,
    AFTER_FILING_BARRIER(Trait.H2_ONLY),
    BEFORE_FILING_AT_PERMIT,
    /** Permit has taken the request, and its answer is not stored. */
    AFTER_FILING_AT_PERMIT,
    BEFORE_FILED_COMMIT,
    AFTER_FILED_COMMIT,
    BEFORE_PARK_COMMIT,
    AFTER_PARK_COMMIT,
    /** The watcher's move of the approval, with the event that tells of it. */
    BEFORE_CLAIM_COMMIT,
    AFTER_CLAIM_COMMIT,
    BEFORE_CLAIM_BARRIER(Trait.H2_ONLY),
    AFTER_CLAIM_BARRIER(Trait.H2_ONLY),
    BEFORE_SPEND_COMMIT,
    AFTER_SPEND_COMMIT,
    BEFORE_UNASSIGN_AT_PERMIT,
    AFTER_UNASSIGN_AT_PERMIT,
    BEFORE_CANCEL_AT_PERMIT,
    AFTER_CANCEL_AT_PERMIT,
    BEFORE_WITHDRAWN_COMMIT,
    AFTER_WITHDRAWN_COMMIT,
    BEFORE_SETTLE_PUT,
    AFTER_SETTLE_PUT,
    /** The checkpoint with which a turn ends at nothing open. */
    BEFORE_END_PUT,
    AFTER_END_PUT,
    /** An event that has no effect where it finds the thread is done with. */
    BEFORE_SKIP_COMMIT(Trait.SURELY_ONCE),
    AFTER_SKIP_COMMIT(Trait.SURELY_ONCE),
    BEFORE_REST_COMMIT(Trait.SURELY_ONCE),
    AFTER_REST_COMMIT(Trait.SURELY_ONCE),
    BEFORE_LEASE_DROP_COMMIT(Trait.SURELY_ONCE),
    AFTER_LEASE_DROP_COMMIT(Trait.SURELY_ONCE),
    /** The model is being asked. */
    IN_MODEL_CALL;

    private enum Trait {
        /** On PostgreSQL a commit is its own barrier. */
        H2_ONLY,
        /**
         * Passed by the one cancellation that finds nothing to cancel; whether another time as well, as when a worker was woken for what
         * it had done already, is chance, and no place for a halt that is to happen.
         */
        SURELY_ONCE,
        /** Whether the effect took place cannot be known afterwards, unless its tool may be repeated. */
        AMBIGUOUS
    }

    private final boolean onPostgres;
    private final boolean ambiguous;
    private final boolean surelyOnce;

    Boundary(Trait... traits) {
        List<Trait> all = List.of(traits);
        this.onPostgres = !all.contains(Trait.H2_ONLY);
        this.ambiguous = all.contains(Trait.AMBIGUOUS);
        this.surelyOnce = all.contains(Trait.SURELY_ONCE);
    }

    boolean isOn(boolean postgres) {
        return onPostgres || !postgres;
    }

    /** Of the times that one conversation has passed it, how many are sure to come again in another. */
    int sure(int times) {
        return surelyOnce ? 1 : times;
    }

    boolean isAmbiguous() {
        return ambiguous;
    }
}
