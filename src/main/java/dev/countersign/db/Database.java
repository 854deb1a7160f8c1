package dev.countersign.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import dev.countersign.config.StoreConfig;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Meters;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * The store: one data source, its migrations, transactions, the durability barrier and the keys of texts at rest.
 *
 * <p>A transaction that has committed survives a kill of the process; after {@link #barrier} it also survives a power cut
 * (with {@code durability=fsync}). One process owns an H2 file; a second one gets {@code CS-201}. Safe for use by many
 * threads.
 */
public final class Database implements AutoCloseable {
    private static final ErrorCode IN_USE = new ErrorCode("CS-201", ErrorCode.Kind.CONFLICT);
    static final ErrorCode CANNOT_OPEN = new ErrorCode("CS-202", ErrorCode.Kind.UNREACHABLE);
    private static final int H2_ALREADY_OPEN = 90020;
    private static final int H2_CLOSED = 90121;
    static final int CONNECTIONS = 12;

    /**
     * All that append to the decision log queue for one row. H2 waits two seconds by itself, and a slow disk makes a queue of
     * twelve longer than that; on PostgreSQL nobody gives up.
     */
    private static final int H2_LOCK_MILLIS = 10_000;

    private static final Duration H2_PATIENCE = Duration.ofMillis(H2_LOCK_MILLIS);

    /** How old a chunk of the file is before its space may be used again (decision 010). Never 0: that loses data. */
    private static final int H2_RETENTION_MILLIS = 10_000;

    /** No question is asked twice without a write in between, and to look whether it could be takes a part of each. */
    private static final String NO_RESULTS_KEPT = ";OPTIMIZE_REUSE_RESULTS=0";

    private static final String STATEMENTS_KEPT = ";QUERY_CACHE_SIZE=";
    /** {@link KeptStatements} keep those of a file. */
    private static final String NO_STATEMENTS_KEPT = STATEMENTS_KEPT + 0;

    private static final String H2_BYTES = """
            SELECT CAST(setting_value AS BIGINT) FROM information_schema.settings WHERE setting_name = 'info.FILE_SIZE'
            """;

    /** A server that vanished without a word is noticed; what the URL says of the same counts more. Seconds. */
    private static final Map<String, String> POSTGRES_DEFAULTS = Map.of(
            "connectTimeout", "10", "socketTimeout", "60", "tcpKeepAlive", "true", "ApplicationName", "countersign");

    /**
     * A node that is frozen between a statement and its commit holds locks: of its thread, and maybe of the decision log's head,
     * which all nodes wait for. The server ends its session after a third of the default lease, so that no lock outlasts the
     * lease; no transaction here is that long without a statement. Milliseconds.
     */
    private static final String POSTGRES_IDLE = "idle_in_transaction_session_timeout";

    private static final int POSTGRES_IDLE_MILLIS = 10_000;

    private static final Sql SYNC = Sql.of("CHECKPOINT SYNC");

    private final HikariDataSource pool;
    private final DataSource source;
    private final Jdbi jdbi;
    private final Barrier barrier;
    private final KeyRing keys;
    private final String durability;
    private final @Nullable LoggedFile file;

    private Database(
            HikariDataSource pool, DataSource source, @Nullable LoggedFile file, StoreConfig config, KeyRing keys) {
        this.pool = pool;
        this.source = source;
        this.jdbi = Jdbi.create(source);
        this.barrier = isH2(config) && config.durability() == StoreConfig.Durability.FSYNC
                ? new Barrier(() -> jdbi.useHandle(handle -> SYNC.on(handle).execute()))
                : new Barrier(() -> {});
        this.keys = keys;
        this.durability = words(config);
        this.file = file;
    }

    /**
     * Opens the store, creating or migrating it as needed, and the master key's file on the first start.
     *
     * @throws CountersignException {@code CS-201} when another process owns the files, {@code CS-202} when it cannot be opened,
     *     {@code CS-205} when it would not keep what it acknowledges, {@code CS-206} when it has another master key
     */
    public static Database open(StoreConfig config) {
        return open(config, keys(config), pool -> pool);
    }

    /**
     * Opens a store whose connections pass through somebody's hands after its migration.
     *
     * @param passing gives back what the store is to use in place of its pool
     */
    static Database open(StoreConfig config, UnaryOperator<DataSource> passing) {
        return open(config, keys(config), passing);
    }

    /**
     * Opens a store in memory whose texts nobody seals: for what is thrown away.
     *
     * @param fresh hears each SQL that is prepared for the first time
     */
    static Database openBare(StoreConfig config, Consumer<String> fresh) {
        if (!isInMemory(config)) {
            throw new IllegalArgumentException("expected a store in memory, got " + config.place());
        }
        return open(config, KeyRing.bare(), new OneWriter(H2_PATIENCE, fresh)::on);
    }

    private static KeyRing keys(StoreConfig config) {
        return new KeyRing(MasterKeys.load(config.masterKey()));
    }

    private static Database open(StoreConfig config, KeyRing keys, UnaryOperator<DataSource> passing) {
        HikariDataSource pool = connect(config);
        LoggedFile file = null;
        try {
            file = isH2(config) && !isInMemory(config) ? LoggedFile.of(pool, H2_PATIENCE) : null;
            Migrations.apply(pool, isH2(config));
            if (!isH2(config) && config.durability() == StoreConfig.Durability.FSYNC) {
                PostgresPromise.check(pool);
            }
            DataSource source = file == null ? pool : file.begin();
            Database opened = new Database(pool, passing.apply(source), file, config, keys);
            opened.secrets().checkMasterKey();
            return opened;
        } catch (FlywayException e) {
            giveUp(pool, file);
            throw new CountersignException(
                    CANNOT_OPEN,
                    "could not bring the store at " + config.place() + " up to date: " + e.getMessage(),
                    e);
        } catch (RuntimeException e) {
            giveUp(pool, file);
            throw e;
        }
    }

    private static void giveUp(HikariDataSource pool, @Nullable LoggedFile file) {
        pool.close();
        if (file != null) {
            file.abandon();
        }
    }

    private static HikariDataSource connect(StoreConfig config) {
        HikariConfig pool = new HikariConfig();
        if (isH2(config)) {
            pool.setJdbcUrl(h2Url(config));
        } else {
            pool.setJdbcUrl(config.url());
            POSTGRES_DEFAULTS.forEach(pool::addDataSourceProperty);
            if (!config.url().contains(POSTGRES_IDLE)) {
                // A statement and not a start-up option: poolers in between refuse those.
                pool.setConnectionInitSql("SET " + POSTGRES_IDLE + " = " + POSTGRES_IDLE_MILLIS);
            }
        }
        if (!config.user().isEmpty()) {
            pool.setUsername(config.user());
        }
        pool.setPassword(config.password().value());
        pool.setMaximumPoolSize(CONNECTIONS);
        pool.setPoolName("store");
        pool.setAutoCommit(true);
        try {
            return isH2(config) ? onFile(config, pool) : new SoundPool(pool);
        } catch (SQLException | HikariPool.PoolInitializationException e) {
            throw cannotOpen(config, e);
        }
    }

    private static String h2Url(StoreConfig config) {
        return config.url() + (isInMemory(config) ? "" : NO_RESULTS_KEPT)
                + (isInMemory(config) || config.url().contains(STATEMENTS_KEPT) ? "" : NO_STATEMENTS_KEPT)
                + ";DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0;RETENTION_TIME=" + H2_RETENTION_MILLIS
                + ";LOCK_TIMEOUT=" + H2_LOCK_MILLIS;
    }

    /**
     * The default write delay of H2 loses commits and corrupts tables on kill -9; 0 lost nothing in 258 kills. The connection that
     * opens the file says so; the others must not, since each would set it again: once the redo log stands behind the commits, only
     * what is folded in is written ({@link LoggedFile}). It stays, so that H2 closes the file with the pool and not before, when all
     * connections happen to be renewed at once.
     */
    private static HikariDataSource onFile(StoreConfig config, HikariConfig pool) throws SQLException {
        Connection first = DriverManager.getConnection(
                h2Url(config) + ";WRITE_DELAY=0",
                config.user(),
                config.password().value());
        try {
            return new SoundPool(pool, first);
        } catch (HikariPool.PoolInitializationException e) {
            first.close();
            throw e;
        }
    }

    private static CountersignException cannotOpen(StoreConfig config, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getErrorCode() == H2_ALREADY_OPEN) {
                return new CountersignException(
                        IN_USE,
                        "another process owns the store at " + config.place()
                                + ". Use that server, or stop it before starting a second one.",
                        failure);
            }
        }
        return new CountersignException(
                CANNOT_OPEN,
                "could not open the store at " + config.place() + ": " + failure.getMessage()
                        + ". Check COUNTERSIGN_DB_URL, its user and password.",
                failure);
    }

    private static boolean isInMemory(StoreConfig config) {
        return config.url().startsWith("jdbc:h2:mem:");
    }

    private static boolean isH2(StoreConfig config) {
        return config.url().startsWith("jdbc:h2:");
    }

    /** For reads that need no transaction, and for rooms that run their own. */
    public Jdbi jdbi() {
        return jdbi;
    }

    /** Runs the work in one transaction and gives back what it returns; any exception rolls everything back. */
    public <T, X extends Exception> T inTransaction(HandleCallback<T, X> work) throws X {
        return jdbi.inTransaction(work);
    }

    /** Runs the work in one transaction; any exception rolls everything back. */
    public <X extends Exception> void useTransaction(HandleConsumer<X> work) throws X {
        jdbi.useTransaction(work);
    }

    /** Returns once everything committed before this call is on disk; one sync is shared by all that wait at the moment. */
    public void barrier() {
        long began = System.nanoTime();
        barrier.await();
        Meters.barrier(Duration.ofNanos(System.nanoTime() - began));
    }

    /** Whether this process is the only one that can have the store open, as with an H2 file. */
    public boolean isExclusive() {
        return pool.getJdbcUrl().startsWith("jdbc:h2:");
    }

    /** Whether it can be asked at this moment. */
    public boolean answers() {
        try {
            jdbi.useHandle(handle -> handle.execute("SELECT 1"));
            return file == null || file.isSound();
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** How large the store is, in bytes; 0 where it has no file. */
    public long bytes() {
        String sql = isExclusive() ? H2_BYTES : "SELECT pg_database_size(current_database())";
        long bytes = jdbi.withHandle(
                handle -> handle.createQuery(sql).mapTo(Long.class).findOne().orElse(0L));
        return bytes + (file == null ? 0 : file.unfolded());
    }

    /** What an acknowledged write survives, in plain words. */
    public String durability() {
        return durability;
    }

    private static String words(StoreConfig config) {
        boolean fsync = config.durability() == StoreConfig.Durability.FSYNC;
        if (!isH2(config)) {
            return fsync ? "PostgreSQL, fsync is on" : "process (PostgreSQL was not asked whether its fsync is on)";
        }
        return fsync
                ? "fsync (the redo log is forced to disk before every acknowledgement)"
                : "process (survives a kill, not a power cut)";
    }

    /** What all nodes of the store share beside its rows. */
    public SharedSecrets secrets() {
        return new SharedSecrets(this);
    }

    /** The connections themselves, for a library that brings its own SQL. */
    public DataSource source() {
        return source;
    }

    /** The keys of texts at rest. */
    public KeyRing keys() {
        return keys;
    }

    /** Closes the store, giving unused space of an H2 file back. */
    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
        if (pool.getJdbcUrl().startsWith("jdbc:h2:file:")) {
            compact();
        }
        pool.close();
        if (file != null) {
            file.forget();
        }
    }

    /**
     * Writes into the store's own file what was committed, and empties the log that held it: for what must not be found in any file
     * from now on. Returns when that is on disk; nothing to do on PostgreSQL.
     */
    public void fold() {
        if (file != null) {
            file.fold();
        }
    }

    /** Plain JDBC: the statement takes its own connection down with it, which a tidy wrapper calls an error. */
    private void compact() {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN COMPACT");
        } catch (SQLException e) {
            if (e.getErrorCode() != H2_CLOSED) {
                throw new CountersignException(CANNOT_OPEN, "could not close the store: " + e.getMessage(), e);
            }
        }
    }
}
