package dev.countersign.account;

import dev.countersign.core.Digest;
import dev.countersign.db.Database;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is logged in, one row a login, seen by every node of the store. A refresh token {@code ID.SECRET} is good for one use and
 * answered with the next one. When an old one comes back, it was stolen from somebody, or by somebody: the whole login ends.
 * What is ended has survived a power cut when the call returns. Safe for use by many threads and nodes.
 */
public final class Sessions {
    /** A login that is not refreshed for this long ends. */
    static final Duration IDLE = Duration.ofDays(14);

    /** No login lasts longer, however often it is refreshed. */
    static final Duration LONGEST = Duration.ofDays(90);

    /** Logins of one person at a time; the oldest ends when there are more. */
    static final int OF_ONE_MAX = 100;

    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final Duration PROLONGED_EVERY = Duration.ofHours(1);
    private static final int ID_BYTES = 16;
    private static final int SECRET_BYTES = 32;
    private static final int TOKEN_CHARS_MAX = 100;
    private static final String OPEN = """
            INSERT INTO login_session (id, name, refresh_hash, created_at, expires_at)
            VALUES (:id, :name, :hash, :now, :expires)
            """;
    private static final String SWEEP = "DELETE FROM login_session WHERE expires_at <= :now";
    private static final String KEEP_NEWEST = """
            DELETE FROM login_session WHERE name = :name AND id NOT IN
            (SELECT id FROM login_session WHERE name = :name ORDER BY created_at DESC, id LIMIT :max)
            """;
    private static final String ROTATE = """
            UPDATE login_session SET refresh_hash = :next, expires_at = :expires
            WHERE id = :id AND refresh_hash = :hash AND expires_at > :now AND created_at > :oldest
            """;
    private static final String OWNER = "SELECT name FROM login_session WHERE id = :id";
    private static final String LIVES =
            "SELECT 1 FROM login_session WHERE id = :id AND name = :name AND expires_at > :now";
    private static final String KEPT = """
            SELECT name, expires_at FROM login_session
            WHERE id = :id AND refresh_hash = :hash AND expires_at > :now AND created_at > :oldest
            """;
    private static final String PROLONG =
            "UPDATE login_session SET expires_at = :expires WHERE id = :id AND refresh_hash = :hash";
    private static final String END = "DELETE FROM login_session WHERE id = :id";
    private static final String END_OWN = "DELETE FROM login_session WHERE id = :id AND refresh_hash = :hash";
    private static final String END_ALL = "DELETE FROM login_session WHERE name = :name";

    private final Database database;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    public Sessions(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * A login as it was just opened or refreshed.
     *
     * @param id what its tokens name
     * @param refresh good for one use
     */
    record Opened(String id, String user, String refresh) {
        /** Never shows the token. */
        @Override
        public String toString() {
            return "Opened[" + user + "]";
        }
    }

    Opened open(String user) {
        String id = random(ID_BYTES);
        String secret = random(SECRET_BYTES);
        database.useTransaction(tx -> {
            tx.createUpdate(SWEEP).bind("now", at(clock.instant())).execute();
            tx.createUpdate(OPEN)
                    .bind("id", id)
                    .bind("name", user)
                    .bind("hash", Digest.of(secret))
                    .bind("now", at(clock.instant()))
                    .bind("expires", at(clock.instant().plus(IDLE)))
                    .execute();
            tx.createUpdate(KEEP_NEWEST)
                    .bind("name", user)
                    .bind("max", OF_ONE_MAX)
                    .execute();
        });
        database.barrier();
        return new Opened(id, user, id + "." + secret);
    }

    /** Changes a refresh token into the next one; empty when it is none, was used before, or its login has ended. */
    Optional<Opened> refresh(String token) {
        String[] parts = parts(token);
        if (parts.length != 2) {
            return Optional.empty();
        }
        String next = random(SECRET_BYTES);
        int rotated = database.inTransaction(tx -> tx.createUpdate(ROTATE)
                .bind("id", parts[0])
                .bind("hash", Digest.of(parts[1]))
                .bind("next", Digest.of(next))
                .bind("now", at(clock.instant()))
                .bind("oldest", at(clock.instant().minus(LONGEST)))
                .bind("expires", at(clock.instant().plus(IDLE)))
                .execute());
        Optional<String> owner = owner(parts[0]);
        if (rotated == 0) {
            owner.ifPresent(user -> {
                LOG.atWarn().addKeyValue("user", user).log("a refresh token was used again: its login is ended");
                end(parts[0]);
            });
            return Optional.empty();
        }
        database.barrier();
        return owner.map(user -> new Opened(parts[0], user, parts[0] + "." + next));
    }

    /**
     * A login that a browser keeps.
     *
     * @param expiresAt when it ends unless it is used before
     */
    record Kept(String id, String user, Instant expiresAt) {}

    /**
     * The login that this token is the newest of; it is not used up. A browser sends it along with requests that overlap, so that
     * it could not be changed with each of them. Being used keeps the login, at most one write an hour.
     */
    Optional<Kept> kept(String token) {
        String[] parts = parts(token);
        if (parts.length != 2) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Optional<Kept> found = database.jdbi()
                .withHandle(handle -> handle.createQuery(KEPT)
                        .bind("id", parts[0])
                        .bind("hash", Digest.of(parts[1]))
                        .bind("now", at(now))
                        .bind("oldest", at(now.minus(LONGEST)))
                        .map((row, context) -> new Kept(
                                parts[0],
                                row.getString("name"),
                                row.getObject("expires_at", OffsetDateTime.class)
                                        .toInstant()))
                        .findOne());
        found.filter(login -> login.expiresAt().isBefore(now.plus(IDLE).minus(PROLONGED_EVERY)))
                .ifPresent(login -> prolong(parts[0], parts[1], now));
        return found;
    }

    /** Without a barrier: a power cut that takes it back costs an hour of idling. */
    private void prolong(String id, String secret, Instant now) {
        database.useTransaction(tx -> tx.createUpdate(PROLONG)
                .bind("expires", at(now.plus(IDLE)))
                .bind("id", id)
                .bind("hash", Digest.of(secret))
                .execute());
    }

    private Optional<String> owner(String id) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(OWNER)
                        .bind("id", id)
                        .mapTo(String.class)
                        .findOne());
    }

    boolean lives(String id, String user) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(LIVES)
                        .bind("id", id)
                        .bind("name", user)
                        .bind("now", at(clock.instant()))
                        .mapTo(Integer.class)
                        .findOne())
                .isPresent();
    }

    /** Ends a login; whoever has a token of it is logged out. */
    void end(String id) {
        database.useTransaction(tx -> tx.createUpdate(END).bind("id", id).execute());
        database.barrier();
    }

    /** Ends the login that this refresh token is the newest of. */
    void endOf(String token) {
        String[] parts = parts(token);
        if (parts.length == 2) {
            database.useTransaction(tx -> tx.createUpdate(END_OWN)
                    .bind("id", parts[0])
                    .bind("hash", Digest.of(parts[1]))
                    .execute());
            database.barrier();
        }
    }

    /** Ends every login of a person. */
    void endAll(String user) {
        database.useTransaction(
                tx -> tx.createUpdate(END_ALL).bind("name", user).execute());
        database.barrier();
    }

    private static String[] parts(String token) {
        return token.length() <= TOKEN_CHARS_MAX ? token.split("\\.", -1) : new String[0];
    }

    private String random(int bytes) {
        byte[] drawn = new byte[bytes];
        random.nextBytes(drawn);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(drawn);
    }

    private static OffsetDateTime at(Instant instant) {
        return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }
}
