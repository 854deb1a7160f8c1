package dev.countersign.permit;

/** Permit's own states of a request; every one but {@link #PENDING} is final. */
public enum RequestStatus {
    PENDING,
    APPROVED,
    DENIED,
    CANCELED
}
