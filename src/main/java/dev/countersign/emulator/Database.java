package dev.countersign.emulator;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * The emulator's own H2 file. With {@code WRITE_DELAY=0} every commit is handed to the operating system before it is
 * acknowledged: a killed process loses nothing, a power cut may lose the last moments. Safe for use by many threads.
 */
final class Database implements AutoCloseable {
    static final ErrorCode UNUSABLE = new ErrorCode("CS-801", ErrorCode.Kind.CORRUPT);
    private static final String FORMAT = "1";

    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final String epoch;
    private final ReentrantLock writing = new ReentrantLock(true);
    /** One connection that stays open, so that a database in memory lives as long as this object and no longer. */
    private final Handle anchor;

    private Database(HikariDataSource pool, Jdbi jdbi, String epoch) {
        this.pool = pool;
        this.jdbi = jdbi;
        this.epoch = epoch;
        this.anchor = jdbi.open();
    }

    /** Opens or makes the file; with reset, drops everything in it first. */
    static Database open(@Nullable Path file, boolean reset, Clock clock) {
        HikariConfig settings = new HikariConfig();
        settings.setJdbcUrl(url(file, clock));
        settings.setUsername("sa");
        settings.setPassword("");
        settings.setMaximumPoolSize(8);
        settings.setPoolName("permit-emulator");
        HikariDataSource pool;
        try {
            pool = new HikariDataSource(settings);
        } catch (RuntimeException e) {
            throw new CountersignException(
                    UNUSABLE,
                    "expected to open the emulator's database at " + (file == null ? "memory" : file)
                            + ", got an error; is another emulator using it? --reset does not help then: " + cause(e),
                    e);
        }
        Jdbi jdbi = Jdbi.create(pool);
        try {
            return new Database(pool, jdbi, prepare(jdbi, reset));
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    private static String cause(Throwable error) {
        Throwable deepest = error;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage());
    }

    private static String url(@Nullable Path file, Clock clock) {
        if (file == null) {
            String unique = Integer.toHexString(System.identityHashCode(new Object())) + "-" + clock.millis() + "-"
                    + System.nanoTime();
            return "jdbc:h2:mem:emulator-" + unique;
        }
        return "jdbc:h2:file:" + file.toAbsolutePath() + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE";
    }

    private static String prepare(Jdbi jdbi, boolean reset) {
        return jdbi.inTransaction(handle -> {
            int epoch = 0;
            if (hasSchema(handle)) {
                epoch = Integer.parseInt(meta(handle, "epoch"));
                if (!reset) {
                    requireFormat(handle);
                    return Integer.toString(epoch);
                }
                handle.execute("DROP ALL OBJECTS");
                epoch++;
            }
            handle.createScript(Schema.CREATE).execute();
            setMeta(handle, "format", FORMAT);
            setMeta(handle, "epoch", Integer.toString(epoch));
            return Integer.toString(epoch);
        });
    }

    private static void requireFormat(Handle handle) {
        String found = meta(handle, "format");
        if (!found.equals(FORMAT)) {
            throw new CountersignException(
                    UNUSABLE,
                    "expected an emulator database of format " + FORMAT + ", got format " + found
                            + "; start once with --reset to make a new one");
        }
    }

    private static boolean hasSchema(Handle handle) {
        return handle.createQuery("SELECT COUNT(*) FROM information_schema.tables WHERE table_name = 'META'")
                        .mapTo(Integer.class)
                        .one()
                > 0;
    }

    static String meta(Handle handle, String name) {
        return handle.createQuery("SELECT content FROM meta WHERE name = :name")
                .bind("name", name)
                .mapTo(String.class)
                .findOne()
                .orElse("");
    }

    static void setMeta(Handle handle, String name, String content) {
        handle.createUpdate("MERGE INTO meta (name, content) VALUES (:name, :content)")
                .bind("name", name)
                .bind("content", content)
                .execute();
    }

    /** The number of resets in this file's life, as text. */
    String epoch() {
        return epoch;
    }

    /**
     * One transaction, and no other at the same time; an exception rolls it back. H2 writes its file table by table, and a kill
     * would leave half of what another was about to write.
     */
    <T> T inTransaction(Function<Handle, T> work) {
        writing.lock();
        try {
            return jdbi.inTransaction(handle -> work.apply(handle));
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void close() {
        anchor.close();
        pool.close();
    }
}
