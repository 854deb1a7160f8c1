package dev.countersign.db;

import dev.countersign.config.Secret;
import dev.countersign.config.StoreConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleScope;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.extension.HandleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory, to be thrown away: the same tables and the same statements as the real one, no keys, no file and no
 * socket. It is gone when it is closed, or with its process. For one user at a time.
 */
public final class ScratchStore implements AutoCloseable {
    private static final AtomicLong NAMES = new AtomicLong();
    private static final String EMPTYING = "DELETE FROM \"";

    /**
     * H2 keeps neither statements, which {@link KeptStatements} do, nor results: no question is asked twice without a write in between, and
     * each write goes through all that is kept.
     */
    private static final String NOTHING_KEPT = ";QUERY_CACHE_SIZE=0;OPTIMIZE_REUSE_RESULTS=0";

    /** What stays: the migrations, the head of the decision log, which only ever grows, and the master key's mark. */
    private static final String TABLES = """
            SELECT table_name FROM information_schema.tables WHERE table_schema = 'PUBLIC'
                AND LOWER(table_name) NOT IN ('flyway_schema_history', 'decision_log_head', 'shared_secret')
            """;

    private final Database database;
    private final Handle held;
    private final List<String> tables;
    private final Queue<String> fresh;
    private final Set<String> written = new TreeSet<>();

    private ScratchStore(Database database, Queue<String> fresh) {
        this.database = database;
        this.fresh = fresh;
        this.held = hold(database.jdbi());
        this.tables = held.createQuery(TABLES).mapTo(String.class).list();
    }

    public static ScratchStore open() {
        Queue<String> fresh = new ConcurrentLinkedQueue<>();
        StoreConfig config = new StoreConfig(
                "jdbc:h2:mem:scratch-" + NAMES.incrementAndGet() + NOTHING_KEPT,
                "",
                new Secret(""),
                Path.of(""),
                new StoreConfig.MasterKey(Path.of(""), new Secret("")),
                StoreConfig.Durability.PROCESS);
        return new ScratchStore(Database.openBare(config, fresh::add), fresh);
    }

    /** One connection for all that is asked: to take one from a pool and give it back costs as much as most questions. */
    private Handle hold(Jdbi jdbi) {
        Always scope = new Always();
        jdbi.setHandleScope(scope);
        Handle handle = jdbi.open();
        scope.set(handle);
        return handle;
    }

    /** The same connection everywhere, to the end. */
    private static final class Always implements HandleScope {
        private @Nullable HandleSupplier supplier;

        @Override
        public @Nullable HandleSupplier get() {
            return supplier;
        }

        @Override
        public void set(HandleSupplier held) {
            supplier = held;
        }

        @Override
        public void clear() {}
    }

    public Database database() {
        return database;
    }

    /** Whatever a statement that may write has in it by name, may have rows from then on. */
    private void prepared(String sql) {
        String words = sql.strip().toUpperCase(Locale.ROOT);
        if (!words.startsWith("SELECT") && !words.startsWith(EMPTYING)) {
            tables.stream()
                    .filter(table -> words.contains(table.toUpperCase(Locale.ROOT)))
                    .forEach(written::add);
        }
    }

    /** Takes everything out of it. */
    public void clear() {
        for (String sql = fresh.poll(); sql != null; sql = fresh.poll()) {
            prepared(sql);
        }
        database.useTransaction(tx -> written.forEach(table -> tx.execute(EMPTYING + table + "\"")));
    }

    @Override
    public void close() {
        held.close();
        database.close();
    }
}
