package dev.countersign.permit;

import org.jspecify.annotations.Nullable;

/**
 * A user as Permit knows them.
 *
 * @param id Permit's UUID
 * @param key the key we use: the login
 */
public record PermitUser(
        String id,
        String key,
        @Nullable String firstName,
        @Nullable String lastName,
        @Nullable String email) {
    /** The name to show: the first name, or the key. */
    public String displayName() {
        return firstName == null || firstName.isBlank() ? key : firstName;
    }
}
