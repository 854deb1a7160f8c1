package dev.countersign.account;

import dev.countersign.core.Principal;
import dev.countersign.db.Database;
import java.time.Clock;

/**
 * The logins of this installation: names and bcrypt hashes, nothing else. A password is never kept, logged or put into an
 * exception. Safe for use by many threads; an added account survives a power cut once {@link #add} has returned.
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

    /** Whether there is a login of this name. */
    boolean exists(Principal user);

    /** Whether the name has a login with this password. Takes as long for an unknown name as for a wrong password. */
    boolean matches(String user, String password);
}
