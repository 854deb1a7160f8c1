package dev.countersign.tool;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import java.util.List;

/** The one table of an effect's moves; whatever does not stand in it is an error that names state and event. */
final class EffectLifecycle {
    private static final ErrorCode UNDEFINED = new ErrorCode("CS-411", ErrorCode.Kind.CONFLICT);

    static final List<Move> MOVES = List.of(
            new Move(EffectState.INTENT, EffectEvent.DISPATCH, EffectState.DISPATCHED),
            new Move(EffectState.DISPATCHED, EffectEvent.REPEAT, EffectState.DISPATCHED),
            new Move(EffectState.DISPATCHED, EffectEvent.SUCCEED, EffectState.SUCCEEDED),
            new Move(EffectState.DISPATCHED, EffectEvent.FAIL, EffectState.FAILED),
            new Move(EffectState.DISPATCHED, EffectEvent.MISS, EffectState.NOT_SENT),
            new Move(EffectState.DISPATCHED, EffectEvent.LOSE, EffectState.UNKNOWN),
            new Move(EffectState.UNKNOWN, EffectEvent.CONFIRM, EffectState.SUCCEEDED),
            new Move(EffectState.UNKNOWN, EffectEvent.REFUTE, EffectState.FAILED),
            new Move(EffectState.UNKNOWN, EffectEvent.RETRY, EffectState.INTENT));

    private EffectLifecycle() {}

    static EffectState next(EffectState from, EffectEvent event) {
        for (Move move : MOVES) {
            if (move.from() == from && move.event() == event) {
                return move.to();
            }
        }
        throw new CountersignException(
                UNDEFINED, "an effect that is " + from + " cannot " + event + ". Read it again before acting on it.");
    }

    record Move(EffectState from, EffectEvent event, EffectState to) {}
}
