package dev.countersign.tool;

/** What the journal answers to the wish to send an effect. */
public sealed interface Dispatch {
    /**
     * The row is on disk: send it now, once.
     *
     * @param attempt counts dispatches from 1; the outcome is recorded under it
     */
    record Go(int attempt) implements Dispatch {}

    /** It was dispatched before and nothing is known of its end; nothing was changed. */
    record InDoubt(int attempt) implements Dispatch {}

    /** It has ended already: this is how. */
    record Ended(ToolOutcome outcome) implements Dispatch {}

    /** The thread's lease is somebody else's: start nothing. */
    record Fenced() implements Dispatch {}
}
