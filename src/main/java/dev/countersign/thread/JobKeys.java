package dev.countersign.thread;

import dev.countersign.core.Digest;
import dev.countersign.db.Database;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/**
 * Which job stands for which key of its owner's: whoever sends a job again under its key, after a crash or a lost answer, gets
 * the one there is. The key and the job are written in one transaction. Safe for use by many threads and processes.
 */
public final class JobKeys {
    private static final String INSERT = """
            INSERT INTO job_key (owner, key_digest, thread_id, created_at) VALUES (:owner, :key, :thread, :at)
            """;
    private static final String SELECT = "SELECT thread_id FROM job_key WHERE owner = :owner AND key_digest = :key";

    /** The class of SQL states for a row that would break a rule, as a second one of one key. */
    private static final String BROKEN_RULE = "23";

    private final Database database;
    private final Clock clock;

    public JobKeys(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** A key of one owner's; two owners' equal keys have nothing to do with each other. */
    public record Key(String owner, String key) {
        private String digest() {
            return Digest.of(key);
        }
    }

    /** The job that stands for the key, or empty. */
    public Optional<String> job(Key key) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(SELECT)
                        .bind("owner", key.owner())
                        .bind("key", key.digest())
                        .mapTo(String.class)
                        .findOne());
    }

    /**
     * Lets the job stand for the key and creates it, in one transaction; the caller takes the barrier.
     *
     * @return false when another job stands for it already: nothing was written
     */
    public boolean claim(Key key, String job, Consumer<Handle> create) {
        try {
            database.useTransaction(tx -> {
                tx.createUpdate(INSERT)
                        .bind("owner", key.owner())
                        .bind("key", key.digest())
                        .bind("thread", job)
                        .bind("at", clock.millis())
                        .execute();
                create.accept(tx);
            });
            return true;
        } catch (UnableToExecuteStatementException e) {
            // Somebody else's row, committed meanwhile: what else could break a rule here would not be found
            // afterwards.
            if (e.getCause() instanceof SQLException sql
                    && String.valueOf(sql.getSQLState()).startsWith(BROKEN_RULE)
                    && job(key).isPresent()) {
                return false;
            }
            throw e;
        }
    }
}
