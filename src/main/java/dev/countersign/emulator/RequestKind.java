package dev.countersign.emulator;

import java.util.Locale;

/** The two things a human may be asked for. */
enum RequestKind {
    ACCESS_REQUEST("AccessRequest"),
    OPERATION_APPROVAL("OperationApproval");

    private final String label;

    RequestKind(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /** The name on the wire. */
    String type() {
        return name().toLowerCase(Locale.ROOT);
    }
}
