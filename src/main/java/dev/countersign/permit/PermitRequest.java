package dev.countersign.permit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An access request or operation approval as Permit reports it.
 *
 * @param id Permit's id, a UUID
 * @param requester the requesting user's Permit id (a UUID, not the key); resolve it with {@link Permit#user}
 * @param requesterName first name when the list carried it, else null
 * @param resourceInstance the instance's key when known, else whatever Permit sent (an id); null for none
 * @param role the requested role's key or id, for access requests
 * @param operation what the approval is for, read back from the reason; null when it carries none
 * @param reference our reference read back from the reason; null when it carries none
 * @param reason the reason without the suffixes
 * @param reviewer the reviewing user's Permit id; null while pending
 */
public record PermitRequest(
        String id,
        RequestKind kind,
        RequestStatus status,
        String requester,
        @Nullable String requesterName,
        @Nullable String resourceInstance,
        @Nullable String role,
        @Nullable String operation,
        @Nullable String reference,
        String reason,
        @Nullable String reviewer,
        @Nullable String reviewerComment,
        Instant createdAt,
        @Nullable Instant reviewedAt) {}
