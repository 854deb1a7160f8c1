package dev.countersign.tool;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Knows of one message whether it has left. Whoever sends takes the ticket right before the first byte; whoever gives up
 * withdraws it. Only one of them gets it, so "not sent" is never a guess.
 */
final class SendTicket {
    private enum State {
        WAITING,
        SENT,
        WITHDRAWN
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private volatile boolean answered;

    /** Called right before sending; false when it must not be sent any more. */
    boolean take() {
        return state.compareAndSet(State.WAITING, State.SENT);
    }

    /** Called when sending failed in a way that proves that the other side cannot have read the message. */
    void giveBack() {
        state.compareAndSet(State.SENT, State.WAITING);
    }

    /** True when the message has not left, and now never will. */
    boolean withdraw() {
        return state.compareAndSet(State.WAITING, State.WITHDRAWN) || state.get() == State.WITHDRAWN;
    }

    /** Called when the other side answered, whatever it said. */
    void answered() {
        answered = true;
    }

    boolean isAnswered() {
        return answered;
    }
}
