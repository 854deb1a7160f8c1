package dev.countersign.emulator;

import org.jspecify.annotations.Nullable;

/**
 * A filed request. References are ids that stay when what they name is deleted; an absent one is empty.
 *
 * @param detailsSent the details as the client wrote them, as JSON
 * @param status {@code pending}, {@code approved}, {@code denied} or {@code canceled}; all but the first are final
 * @param reviewedAt milliseconds since the epoch, null while nobody decided
 */
record RequestRow(
        String id,
        RequestKind kind,
        String elementId,
        String tenantId,
        String resourceId,
        String instanceId,
        String roleId,
        String requesterId,
        @Nullable String reason,
        String detailsSent,
        String status,
        String reviewerId,
        @Nullable String comment,
        @Nullable Long reviewedAt,
        long createdAt,
        long updatedAt) {
    static final String PENDING = "pending";
    static final String APPROVED = "approved";
    static final String DENIED = "denied";
    static final String CANCELED = "canceled";

    boolean pending() {
        return status.equals(PENDING);
    }
}
