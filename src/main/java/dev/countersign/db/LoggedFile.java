package dev.countersign.db;

import dev.countersign.core.CountersignException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
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
 * An H2 file behind a {@link RedoLog}: a commit is one append to the log, and the file is written when much of that has come together or
 * nothing more comes (decision 019). Folding writes a version of the file while nobody writes, forces it, and then empties the log; a
 * kill at any moment finds the version before and the log, or the version after.
 *
 * <p>H2 writes a version by itself where more than some megabytes of its pages wait: within the writer's own transaction, whose undo log
 * is in that version, and with the number of the newest transaction that is whole in it. Safe for use by many threads.
 */
final class LoggedFile implements OneWriter.Ahead {
    private static final Logger LOG = LoggerFactory.getLogger(LoggedFile.class);
    private static final String ENDING = ".mv.db";
    private static final long PERIOD_MILLIS = 500;
    /** A start after a kill does so much again at the most, and what came in a period. */
    private static final long FOLD_BYTES = 2 * 1024 * 1024;

    private static final long STOP_SECONDS = 10;
    /** H2 then has no thread of its own, and writes at no commit. */
    private static final int NEVER = -1;

    private final DataSource source;
    private final MVStore store;
    private final RedoLog log;
    private final OneWriter writer;
    private final FileHousekeeping housekeeping;
    private final ScheduledExecutorService thread;
    private long before;

    private LoggedFile(DataSource source, MVStore store, RedoLog log, Duration patience) {
        this.source = source;
        this.store = store;
        this.log = log;
        this.writer = new OneWriter(patience, this);
        this.housekeeping = new FileHousekeeping(store, writer);
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread worker = new Thread(work, "store-file");
            worker.setDaemon(true);
            return worker;
        });
    }

    /** The file behind these connections, with all done to it again that a kill kept from it. */
    static LoggedFile of(DataSource source, Duration patience) {
        try {
            MVStore store = storeOf(source);
            String path = store.getFileStore().getFileName();
            LoggedFile file = new LoggedFile(
                    source, store, RedoLog.open(path.substring(0, path.length() - ENDING.length())), patience);
            file.redo();
            return file;
        } catch (SQLException e) {
            throw cannotOpen(e);
        }
    }

    private void redo() throws SQLException {
        boolean done = false;
        try {
            store.setAutoCommitDelay(NEVER);
            int redone = log.redo(source);
            if (redone > 0) {
                write();
                LOG.info("{} transactions were done again that the store's file did not have", redone);
            }
            done = true;
        } finally {
            if (!done) {
                abandon();
            }
        }
    }

    static MVStore storeOf(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            SessionLocal session =
                    (SessionLocal) connection.unwrap(JdbcConnection.class).getSession();
            return session.getDatabase().getStore().getMvStore();
        }
    }

    private static CountersignException cannotOpen(SQLException e) {
        return new CountersignException(
                Database.CANNOT_OPEN, "could not get at the store's file: " + e.getMessage(), e);
    }

    /**
     * From now on commits go to the log; gives back the connections to use. What was done to the tables before, since the file was opened,
     * is written here, all at once.
     */
    DataSource begin() {
        try {
            log.begin(source, this::write);
        } catch (SQLException e) {
            throw cannotOpen(e);
        }
        var unused =
                thread.scheduleWithFixedDelay(this::guardedRound, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        return writer.on(source);
    }

    private void write() {
        store.commit();
        store.sync();
    }

    private void guardedRound() {
        try {
            round();
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("the store's file could not be written; it will be tried again");
        }
    }

    /** What is done again and again; gives back how many steps of tidying found something to copy. */
    synchronized int round() {
        int tidied = 0;
        long now = log.length();
        boolean quiet = now == before;
        if (now > FOLD_BYTES || (now > 0 && quiet)) {
            fold();
        }
        if (quiet || log.length() < now) {
            tidied = housekeeping.round();
        }
        before = log.length();
        return tidied;
    }

    /** Writes what is in the log into the file, and empties the log; one at a time. */
    synchronized void fold() {
        if (log.isBroken() || store.isClosed()) {
            return;
        }
        // What an earlier one could not empty is emptied first; then there is a file to turn to.
        for (boolean turned = false; !turned; ) {
            turned = writer.alone(() -> {
                boolean other = log.turn();
                store.commit();
                return other;
            });
            store.sync();
            log.folded();
        }
    }

    @Override
    public void commits(KeptStatements kept, List<Change> changes) throws SQLException {
        log.append(kept, changes);
    }

    @Override
    public void failed(Throwable why) {
        LOG.atError().setCause(why).log("a commit failed after it was logged; the store has to be opened again");
        log.broken(why);
    }

    /** What no log could do again is written at once. */
    @Override
    public void changedMore() {
        write();
    }

    @Override
    public void force() {
        log.force();
    }

    /** Whether it takes commits. */
    boolean isSound() {
        return !log.isBroken();
    }

    /** How many bytes stand in the log. */
    long unfolded() {
        return log.length();
    }

    /** Folds for the last time; nothing may be committed any more. Nothing is interrupted, since that would close the files. */
    void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the store is closed while its file is being written");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        fold();
        store.setAutoCommitDelay(0);
    }

    /** Removes the log, after the database was closed in an orderly way; it stays where something of it is in no file. */
    void forget() {
        if (log.isBroken() || log.length() > 0) {
            log.close();
        } else {
            log.delete();
        }
    }

    /** Leaves all as it is. */
    void abandon() {
        thread.shutdown();
        log.close();
    }
}
