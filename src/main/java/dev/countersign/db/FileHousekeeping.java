package dev.countersign.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an H2 file from growing without end while it is written to: every commit writes a chunk, of which the next commits make
 * most pages useless, and the few that stay alive keep the whole chunk. H2's own housekeeping does not run with
 * {@code WRITE_DELAY=0}, so live pages of sparse chunks are written anew here, a bounded number of bytes at a time.
 *
 * <p>It works while nobody writes ({@link OneWriter}), since what it writes is a version of the whole file.
 *
 * <p>It only ever copies: pages go into a new chunk by an ordinary commit, and the old chunk is not written over before it is
 * past the retention time. Chunks are never moved ({@code compactMoveChunks} writes over them at once). What was copied is
 * brought to disk before anything else is done, so that a power cut finds one of the two.
 */
final class FileHousekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileHousekeeping.class);
    private static final long PERIOD_MILLIS = 500;
    /** Sparse: on average less than half of what was written is alive. */
    static final int SPARSE_PERCENT = 50;
    /** Copied at a time while commits wait: some milliseconds. */
    private static final int STEP_BYTES = 1024 * 1024;
    /** Steps of one round, so that it never takes more than a part of the disk's time. */
    private static final int STEPS_MAX = 16;

    private static final long STOP_SECONDS = 10;

    private final MVStore store;
    private final OneWriter writer;
    private final ScheduledExecutorService thread;

    private FileHousekeeping(MVStore store, OneWriter writer) {
        this.store = store;
        this.writer = writer;
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread worker = new Thread(work, "store-housekeeping");
            worker.setDaemon(true);
            return worker;
        });
    }

    /** Starts it for the file behind these connections. */
    static FileHousekeeping start(DataSource source, OneWriter writer) throws SQLException {
        FileHousekeeping housekeeping = of(source, writer);
        var unused = housekeeping.thread.scheduleWithFixedDelay(
                housekeeping::guardedRound, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        return housekeeping;
    }

    /** One that does a round when it is told to. */
    static FileHousekeeping of(DataSource source, OneWriter writer) throws SQLException {
        return new FileHousekeeping(storeOf(source), writer);
    }

    private static MVStore storeOf(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            SessionLocal session =
                    (SessionLocal) connection.unwrap(JdbcConnection.class).getSession();
            return session.getDatabase().getStore().getMvStore();
        }
    }

    private void guardedRound() {
        try {
            round();
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("the store's file could not be tidied; it will be tried again");
        }
    }

    /** One round; gives back how many steps of it found something to copy. */
    int round() {
        int steps = 0;
        while (steps < STEPS_MAX && !store.isClosed() && writer.alone(this::copied)) {
            store.sync();
            steps++;
        }
        return steps;
    }

    private boolean copied() {
        boolean found = store.compact(SPARSE_PERCENT, STEP_BYTES);
        if (found) {
            store.commit();
        }
        return found;
    }

    /** How much of what the file's chunks once held is alive. */
    int livePercent() {
        return store.getFileStore().getChunksFillRate();
    }

    /** Waits for the step under way. Nothing is interrupted: an interrupt in the middle of a write closes the whole store. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the store is closed while its file is being tidied");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
