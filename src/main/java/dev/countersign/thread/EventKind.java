package dev.countersign.thread;

/** The only things that may advance a thread. */
public enum EventKind {
    /** The user said something; the body is the text. */
    MESSAGE,
    /** An approval of this thread was decided at Permit; the body is our approval's id. */
    DECISION,
    /** The owner withdraws what the thread waits for; the body is our approval's id, or empty for all that it waits for. */
    CANCEL,
    /** An approval's deadline passed; the body is our approval's id. */
    EXPIRY,
    /** The owner says what became of an effect that nobody knew of, or wants it sent again; the body says which and how. */
    RESOLUTION
}
