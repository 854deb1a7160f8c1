package dev.countersign.account;

import dev.countersign.core.CountersignException;
import dev.countersign.core.Principal;
import dev.countersign.db.Database;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Accounts in the main store. */
final class StoredAccounts implements Accounts {
    private static final String ADD = """
            INSERT INTO account (name, password_hash, created_at)
            SELECT :name, :hash, :now
            WHERE NOT EXISTS (SELECT 1 FROM account WHERE name = :name)
            """;
    private static final String FIND_HASH = """
            SELECT password_hash FROM account WHERE name = :name
            """;

    private final Database database;
    private final Clock clock;
    private final int strength;
    private final String nobodysHash;

    StoredAccounts(Database database, Clock clock, int strength) {
        this.database = database;
        this.clock = clock;
        this.strength = strength;
        this.nobodysHash = PasswordHash.of("nobody has this password", strength);
    }

    @Override
    public void add(Principal user, String password) {
        if (password.length() < PASSWORD_CHARS_MIN || !PasswordHash.fits(password)) {
            throw new CountersignException(
                    AccountErrors.BAD_PASSWORD,
                    "expected a password of at least " + PASSWORD_CHARS_MIN + " characters and at most "
                            + PASSWORD_BYTES_MAX + " bytes, got " + password.length() + " characters");
        }
        String hash = PasswordHash.of(password, strength);
        int added = database.jdbi()
                .withHandle(handle -> handle.createUpdate(ADD)
                        .bind("name", user.user())
                        .bind("hash", hash)
                        .bind("now", OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC))
                        .execute());
        if (added == 0) {
            throw new CountersignException(
                    AccountErrors.ACCOUNT_EXISTS, "there is already a login named '" + user.user() + "'");
        }
        database.barrier();
    }

    @Override
    public boolean exists(Principal user) {
        return hashOf(user.user()) != null;
    }

    @Override
    public boolean matches(String user, String password) {
        String hash = hashOf(user);
        // An unknown name costs the same bcrypt run, so that time does not tell which names exist.
        boolean right = PasswordHash.matches(password, hash == null ? nobodysHash : hash);
        return right && hash != null;
    }

    private @Nullable String hashOf(String user) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(FIND_HASH)
                        .bind("name", user)
                        .mapTo(String.class)
                        .findOne()
                        .orElse(null));
    }
}
