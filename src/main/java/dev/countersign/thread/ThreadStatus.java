package dev.countersign.thread;

/** Where a thread stands. */
public enum ThreadStatus {
    /** A turn is under way, or due. */
    RUNNING,
    /** Waits for at least one approval; nothing but rows is held. */
    PARKED,
    /** A chat at rest: the user may go on. */
    IDLE,
    /** A job that ended with a result. */
    DONE,
    /** A turn failed, or a job ran into its limits; the reason stands in the transcript. */
    FAILED,
    /** Canceled by its owner. */
    CANCELED,
    /** An effect's outcome is unknown, or the graph no longer fits: a person must look. */
    NEEDS_ATTENTION
}
