package dev.countersign.approval;

/** Where an approval stands. */
public enum ApprovalState {
    /** Its row is written; whether Permit has the request is not known yet. */
    FILING,
    /** Permit has it; a reviewer may decide. */
    PENDING,
    /** Read back from Permit as approved; not spent yet. */
    APPROVED,
    /** Read back as denied. */
    DENIED,
    /** Withdrawn by the requester. */
    CANCELED,
    /** Its deadline passed without a decision. */
    EXPIRED,
    /** Approved, and used for what was asked; it can never be used again. */
    SPENT,
    /** Permit did not take the request. */
    FAILED;

    /** Whether nothing can happen to it any more. */
    public boolean isFinal() {
        return this != FILING && this != PENDING && this != APPROVED;
    }

    /** Whether its thread still waits for it. */
    public boolean isOpen() {
        return this == FILING || this == PENDING;
    }
}
