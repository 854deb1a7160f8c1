package dev.countersign.tool;

/** What can befall an effect. */
enum EffectEvent {
    /** It is about to be sent. */
    DISPATCH,
    /** It is about to be sent once more with the same key; only for tools that may be repeated. */
    REPEAT,
    SUCCEED,
    FAIL,
    MISS,
    LOSE,
    /** A person says that it happened. */
    CONFIRM,
    /** A person says that it did not happen. */
    REFUTE,
    /** A person wants it sent again. */
    RETRY;

    static EffectEvent of(ToolOutcome outcome) {
        return switch (EffectState.of(outcome)) {
            case SUCCEEDED -> SUCCEED;
            case FAILED -> FAIL;
            case NOT_SENT -> MISS;
            case UNKNOWN -> LOSE;
            case INTENT, DISPATCHED -> throw new IllegalStateException("not an outcome: " + outcome.word());
        };
    }
}
