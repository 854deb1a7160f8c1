package dev.countersign.account;

import dev.countersign.core.Principal;
import dev.countersign.db.Database;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/**
 * The logins of this installation: names, bcrypt hashes, and which are taken away; nothing else. A password is never kept, logged or put into an
 * exception. Safe for use by many threads; an added account or changed account survives a power cut once the call has returned.
 */
public interface Accounts {
    /** Longest password in UTF-8 bytes: what bcrypt reads. A longer one is refused, never cut. */
    int PASSWORD_BYTES_MAX = 72;

    /** Shortest password in characters. */
    int PASSWORD_CHARS_MIN = 8;

    /** The accounts in the table {@code account}. */
    static Accounts in(Database database, Clock clock) {
        return new StoredAccounts(database, clock, PasswordHash.STRENGTH);
    }

    /**
     * Adds a login.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-704} for a password too short or too long, {@code CS-705}
     *     when the name is taken
     */
    void add(Principal user, String password);

    /**
     * Gives a login another password.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-704} for a password too short or too long, {@code CS-750}
     *     when there is no such login
     */
    void changePassword(Principal user, String password);

    /**
     * Takes a login away, or gives it back: its password opens nothing meanwhile.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-750} when there is no such login
     */
    void setDisabled(Principal user, boolean disabled);

    /** All logins, by name. */
    List<Listed> list();

    /** A login as its operator sees it. */
    record Listed(String user, boolean disabled, Instant createdAt) {}

    /** Whether there is a login of this name. */
    boolean exists(Principal user);

    /** Whether there is a login of this name that has not been taken away. */
    boolean isOpen(Principal user);

    /** Whether there is a login of this name that has been taken away. */
    boolean isDisabled(Principal user);

    /** Whether the name has an open login with this password. Takes as long for an unknown name as for a wrong password. */
    boolean matches(String user, String password);
}
