package dev.countersign.db;

import java.sql.SQLException;
import javax.sql.DataSource;
import org.h2.mvstore.MVStore;

/**
 * Keeps an H2 file from growing without end while it is written to: every version writes a chunk, of which the next make
 * most pages useless, and the few that stay alive keep the whole chunk. H2's own housekeeping does not run here (it has a thread of its own,
 * and writes over chunks at once), so live pages of sparse chunks are written anew, a bounded number of bytes at a time.
 *
 * <p>It works while nobody writes ({@link OneWriter}), since what it writes is a version of the whole file.
 *
 * <p>It only ever copies: pages go into a new chunk by an ordinary commit, and the old chunk is not written over before it is
 * past the retention time. Chunks are never moved ({@code compactMoveChunks} writes over them at once). What was copied is
 * brought to disk before anything else is done, so that a power cut finds one of the two. Used by one thread at a time.
 */
final class FileHousekeeping {
    /** Sparse: on average less than half of what was written is alive. */
    static final int SPARSE_PERCENT = 50;
    /** Copied at a time while commits wait: some milliseconds. */
    private static final int STEP_BYTES = 1024 * 1024;
    /** Steps of one round, so that it never takes more than a part of the disk's time. */
    private static final int STEPS_MAX = 16;

    private final MVStore store;
    private final OneWriter writer;

    FileHousekeeping(MVStore store, OneWriter writer) {
        this.store = store;
        this.writer = writer;
    }

    /** For the file behind these connections. */
    static FileHousekeeping of(DataSource source, OneWriter writer) throws SQLException {
        return new FileHousekeeping(LoggedFile.storeOf(source), writer);
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
}
