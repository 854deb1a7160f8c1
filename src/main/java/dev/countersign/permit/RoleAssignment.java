package dev.countersign.permit;

import org.jspecify.annotations.Nullable;

/**
 * A role that a user holds.
 *
 * @param user user key
 * @param resourceInstance {@code type:key}, or null for a role in the whole tenant
 */
public record RoleAssignment(
        String user, String role, String tenant, @Nullable String resourceInstance) {}
