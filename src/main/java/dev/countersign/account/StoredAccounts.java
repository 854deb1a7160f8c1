package dev.countersign.account;

import dev.countersign.core.CountersignException;
import dev.countersign.core.Principal;
import dev.countersign.db.Database;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.statement.Update;

/** Accounts in the main store. */
final class StoredAccounts implements Accounts {
    private static final String ADD = """
            INSERT INTO account (name, password_hash, created_at)
            SELECT :name, :hash, :now
            WHERE NOT EXISTS (SELECT 1 FROM account WHERE name = :name)
            """;
    private static final String FIND = """
            SELECT password_hash, disabled_at FROM account WHERE name = :name
            """;
    private static final String CHANGE = "UPDATE account SET password_hash = :hash WHERE name = :name";
    private static final String DISABLE = "UPDATE account SET disabled_at = :now WHERE name = :name";
    private static final String ENABLE = "UPDATE account SET disabled_at = NULL WHERE name = :name";
    private static final String LIST = "SELECT name, disabled_at, created_at FROM account ORDER BY name";

    private final Database database;
    private final Clock clock;
    private final int strength;
    private final String nobodysHash;

    StoredAccounts(Database database, Clock clock, int strength) {
        this.database = database;
        this.clock = clock;
        this.strength = strength;
        this.nobodysHash = PasswordHash.nobodys(strength);
    }

    @Override
    public void add(Principal user, String password) {
        String hash = hashOf(password);
        int added = database.jdbi()
                .withHandle(handle -> handle.createUpdate(ADD)
                        .bind("name", user.user())
                        .bind("hash", hash)
                        .bind("now", now())
                        .execute());
        if (added == 0) {
            throw new CountersignException(
                    AccountErrors.ACCOUNT_EXISTS, "there is already a login named '" + user.user() + "'");
        }
        database.barrier();
    }

    private String hashOf(String password) {
        if (password.length() < PASSWORD_CHARS_MIN || !PasswordHash.fits(password)) {
            throw new CountersignException(
                    AccountErrors.BAD_PASSWORD,
                    "expected a password of at least " + PASSWORD_CHARS_MIN + " characters and at most "
                            + PASSWORD_BYTES_MAX + " bytes, got " + password.length() + " characters");
        }
        return PasswordHash.of(password, strength);
    }

    private OffsetDateTime now() {
        return OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    @Override
    public void changePassword(Principal user, String password) {
        String hash = hashOf(password);
        change(user, CHANGE, update -> update.bind("hash", hash));
    }

    @Override
    public void setDisabled(Principal user, boolean disabled) {
        change(user, disabled ? DISABLE : ENABLE, update -> disabled ? update.bind("now", now()) : update);
    }

    private void change(Principal user, String statement, UnaryOperator<Update> more) {
        int changed = database.inTransaction(tx ->
                more.apply(tx.createUpdate(statement)).bind("name", user.user()).execute());
        if (changed == 0) {
            throw AccountErrors.noAccount(user.user());
        }
        database.barrier();
    }

    @Override
    public List<Listed> list() {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(LIST)
                        .map((row, context) -> new Listed(
                                row.getString("name"),
                                row.getObject("disabled_at") != null,
                                row.getObject("created_at", OffsetDateTime.class)
                                        .toInstant()))
                        .list());
    }

    @Override
    public boolean exists(Principal user) {
        return find(user.user()).isPresent();
    }

    @Override
    public boolean isOpen(Principal user) {
        return find(user.user()).filter(stored -> !stored.disabled()).isPresent();
    }

    @Override
    public boolean isDisabled(Principal user) {
        return find(user.user()).filter(Stored::disabled).isPresent();
    }

    private record Stored(String hash, boolean disabled) {}

    @Override
    public boolean matches(String user, String password) {
        Optional<Stored> known = find(user);
        // An unknown name and one taken away cost the same bcrypt run, so that time does not tell which names there
        // are.
        boolean right = PasswordHash.matches(password, known.map(Stored::hash).orElse(nobodysHash));
        return right && known.filter(stored -> !stored.disabled()).isPresent();
    }

    private Optional<Stored> find(String user) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(FIND)
                        .bind("name", user)
                        .map((row, context) ->
                                new Stored(row.getString("password_hash"), row.getObject("disabled_at") != null))
                        .findOne());
    }
}
