package dev.countersign.permit;

/** The two kinds of question that Permit puts to a reviewer. */
public enum RequestKind {
    /** A lasting role on an instance or tenant (Permit's access request). */
    ACCESS,
    /** One use of one operation (Permit's operation approval). */
    OPERATION
}
