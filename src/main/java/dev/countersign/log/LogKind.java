package dev.countersign.log;

/** What a row of the log says; the names are stored, so none may ever mean something else. */
public enum LogKind {
    /** A wish was written down, to be filed at Permit. */
    REQUEST_BEGUN,
    /** Permit has the request. */
    REQUEST_FILED,
    /** Permit did not take the request. */
    REQUEST_REFUSED,
    /** A tool call was refused before anything was sent. */
    CALL_REFUSED,
    /** Read back from Permit as approved. */
    APPROVED,
    /** Read back as denied. */
    DENIED,
    /** Read back as canceled. */
    WITHDRAWN,
    /** The deadline passed without a decision. */
    EXPIRED,
    /** An approval was used for what was asked. */
    SPENT,
    /** Approved, but its requester had withdrawn it: it was not used. */
    RENOUNCED,
    /** A reviewer moved the deadline. */
    EXTENDED,
    /** An effect is about to be sent. */
    EFFECT_DISPATCHED,
    /** The tool did it. */
    EFFECT_SUCCEEDED,
    /** The tool said that it did not do it. */
    EFFECT_FAILED,
    /** It never left this machine. */
    EFFECT_NOT_SENT,
    /** Nobody knows whether it happened. */
    EFFECT_UNKNOWN,
    /** A person said what became of an effect that nobody knew of, or wants it sent again. */
    EFFECT_RESOLVED,
    /** A conversation and its texts were removed for good. */
    ERASED
}
