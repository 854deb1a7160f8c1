package dev.countersign.tool;

import java.util.Set;

/** What Permit says a user may be, read for this very turn; or that it could not be asked, which means no. */
public sealed interface UserRoles {
    /** The names of the roles the user holds, in the tenant or on any instance. */
    record Known(Set<String> names) implements UserRoles {
        public Known {
            names = Set.copyOf(names);
        }
    }

    /**
     * Permit could not be asked.
     *
     * @param why in plain words
     */
    record Unavailable(String why) implements UserRoles {}
}
