package dev.countersign.tool;

import java.util.Locale;

/** Where an effect stands in the journal. */
public enum EffectState {
    /** Written down, not sent. */
    INTENT,
    /** About to be sent, or sent; nothing is known of its end. */
    DISPATCHED,
    /** The tool did it. */
    SUCCEEDED,
    /** The tool said that it did not do it. */
    FAILED,
    /** It never left this machine. */
    NOT_SENT,
    /** It may have happened: a person must look. */
    UNKNOWN;

    /** Whether only a person can move it on, if anybody. */
    public boolean ended() {
        return this != INTENT && this != DISPATCHED;
    }

    static EffectState of(ToolOutcome outcome) {
        return valueOf(outcome.word().toUpperCase(Locale.ROOT));
    }

    /** The outcome that this state and its recorded words stand for. */
    ToolOutcome outcome(String text) {
        return switch (this) {
            case SUCCEEDED -> new ToolOutcome.Succeeded(text);
            case FAILED -> new ToolOutcome.Failed(text);
            case NOT_SENT -> new ToolOutcome.NotSent(text);
            case UNKNOWN -> new ToolOutcome.Unknown(text);
            case INTENT, DISPATCHED ->
                throw new IllegalStateException("an effect in state " + this + " has no outcome");
        };
    }
}
