package dev.countersign.approval;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import java.util.List;

/** The life of an approval as one table; there is no other place where its state changes. */
public final class Lifecycle {
    private static final ErrorCode ILLEGAL = new ErrorCode("CS-230", ErrorCode.Kind.CONFLICT);

    private Lifecycle() {}

    /** What can happen to an approval. */
    public enum Move {
        /** Permit took the request and gave it an id. */
        FILED,
        /** Permit refused to take it. */
        REFUSED,
        /** Read back as approved. */
        APPROVE,
        /** Read back as denied. */
        DENY,
        /** Read back as canceled. */
        WITHDRAW,
        /** The deadline passed, and Permit confirms that it is canceled. */
        EXPIRE,
        /** Used for what was asked. */
        SPEND,
        /** Not used: its requester had withdrawn it before the yes came to be applied. */
        RENOUNCE
    }

    /** A row of the table. */
    public record Transition(ApprovalState from, Move move, ApprovalState to) {}

    private static final List<Transition> TABLE = List.of(
            new Transition(ApprovalState.FILING, Move.FILED, ApprovalState.PENDING),
            new Transition(ApprovalState.FILING, Move.REFUSED, ApprovalState.FAILED),
            new Transition(ApprovalState.PENDING, Move.APPROVE, ApprovalState.APPROVED),
            new Transition(ApprovalState.PENDING, Move.DENY, ApprovalState.DENIED),
            new Transition(ApprovalState.PENDING, Move.WITHDRAW, ApprovalState.CANCELED),
            new Transition(ApprovalState.PENDING, Move.EXPIRE, ApprovalState.EXPIRED),
            new Transition(ApprovalState.APPROVED, Move.SPEND, ApprovalState.SPENT),
            new Transition(ApprovalState.APPROVED, Move.RENOUNCE, ApprovalState.CANCELED));

    /** Every legal move. */
    public static List<Transition> table() {
        return TABLE;
    }

    /**
     * The state after the move.
     *
     * @throws CountersignException {@code CS-230} naming state and move when the table has no such row
     */
    public static ApprovalState after(ApprovalState from, Move move) {
        for (Transition row : TABLE) {
            if (row.from() == from && row.move() == move) {
                return row.to();
            }
        }
        throw new CountersignException(ILLEGAL, "an approval that is " + from + " cannot " + move);
    }

    /** The table as a Mermaid state diagram. */
    public static String diagram() {
        StringBuilder text = new StringBuilder("stateDiagram-v2\n    [*] --> FILING\n");
        for (Transition row : TABLE) {
            text.append("    ").append(row.from()).append(" --> ").append(row.to());
            text.append(" : ").append(row.move()).append('\n');
        }
        for (ApprovalState state : ApprovalState.values()) {
            if (state.isFinal()) {
                text.append("    ").append(state).append(" --> [*]\n");
            }
        }
        return text.toString();
    }
}
