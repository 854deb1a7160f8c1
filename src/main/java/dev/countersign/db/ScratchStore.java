package dev.countersign.db;

import dev.countersign.config.Secret;
import dev.countersign.config.StoreConfig;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;

/**
 * A store in memory, to be thrown away: the same tables and the same statements as the real one, a master key of its own, no file
 * and no socket. It is gone when it is closed, or with its process. For one user at a time.
 */
public final class ScratchStore implements AutoCloseable {
    private static final AtomicLong NAMES = new AtomicLong();
    private static final int KEY_BYTES = 32;

    /**
     * All statements of a turn stay parsed; H2 keeps eight a connection by itself. It keeps no results: no question is asked twice
     * without a write in between, and each write goes through all that is kept.
     */
    private static final String STATEMENTS_KEPT = ";QUERY_CACHE_SIZE=256;OPTIMIZE_REUSE_RESULTS=0";

    /** What stays: the migrations, the head of the decision log, which only ever grows, and the master key's mark. */
    private static final String TABLES = """
            SELECT table_name FROM information_schema.tables WHERE table_schema = 'PUBLIC'
                AND LOWER(table_name) NOT IN ('flyway_schema_history', 'decision_log_head', 'shared_secret')
            """;

    private final Database database;
    private final List<String> emptying;

    private ScratchStore(Database database) {
        this.database = database;
        this.emptying =
                database
                        .jdbi()
                        .withHandle(handle ->
                                handle.createQuery(TABLES).mapTo(String.class).list())
                        .stream()
                        .map(table -> "DELETE FROM \"" + table + "\"")
                        .toList();
    }

    public static ScratchStore open() {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return new ScratchStore(Database.open(new StoreConfig(
                "jdbc:h2:mem:scratch-" + NAMES.incrementAndGet() + STATEMENTS_KEPT,
                "",
                new Secret(""),
                Path.of(""),
                new StoreConfig.MasterKey(
                        Path.of(""), new Secret(Base64.getEncoder().encodeToString(key))),
                StoreConfig.Durability.PROCESS)));
    }

    public Database database() {
        return database;
    }

    /** Takes everything out of it. */
    public void clear() {
        database.useTransaction(this::empty);
    }

    private void empty(Handle tx) {
        emptying.forEach(tx::execute);
    }

    @Override
    public void close() {
        database.close();
    }
}
