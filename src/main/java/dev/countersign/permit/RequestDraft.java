package dev.countersign.permit;

import org.jspecify.annotations.Nullable;

/**
 * A request before it is filed.
 *
 * @param kind access or operation
 * @param user who asks: a verified user's Permit key; the request is filed as this user
 * @param resourceInstance key (or id) of the instance, or null for the whole resource type
 * @param role role asked for; required for {@link RequestKind#ACCESS}, null otherwise
 * @param operation what an operation approval is for, such as {@code order_dish: Truffle Pasta}; null otherwise. Permit has
 *     no field for it, so it rides in the reason as a suffix which the client writes and reads back
 * @param reason the user's reason, up to 4,000 characters; never blank
 * @param reference a short text that also rides in the reason, by which a filed request is found again; null for none
 */
public record RequestDraft(
        RequestKind kind,
        String user,
        @Nullable String resourceInstance,
        @Nullable String role,
        @Nullable String operation,
        String reason,
        @Nullable String reference) {}
