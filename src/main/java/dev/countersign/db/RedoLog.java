package dev.countersign.db;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What was committed to an H2 file and is not in it yet (decision 019). Each transaction's statements are appended here before it
 * commits, under the lock of {@link OneWriter}; H2 itself keeps its pages in memory until they are folded in, all at once. After a kill
 * the store's file is as it was then, and what stands here is done to it again, in the same order: the same rows come out, since one
 * transaction at a time wrote and no statement asks for a clock, a sequence or chance.
 *
 * <p>Transactions are numbered; the newest one's number stands in the file, in the same transaction, so that none is done twice. There
 * are two files, {@code NAME.redo-0} and {@code -1}: while one is folded in, the other is appended to. Append and turn are called under the
 * writer's lock, the others by any thread.
 */
final class RedoLog implements AutoCloseable {
    private static final ErrorCode NOT_OF_THIS_FILE = new ErrorCode("CS-207", ErrorCode.Kind.CORRUPT);

    private static final String CREATE = """
            CREATE TABLE IF NOT EXISTS redo_head (one INTEGER PRIMARY KEY, epoch BIGINT NOT NULL, newest BIGINT NOT NULL)
            """;
    private static final String FIRST =
            "INSERT INTO redo_head (one, epoch, newest) SELECT 1, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM redo_head)";
    private static final String EXISTS =
            "SELECT COUNT(*) FROM information_schema.tables WHERE LOWER(table_name) = 'redo_head'";
    private static final String SELECT = "SELECT epoch, newest FROM redo_head WHERE one = 1";
    private static final String NEXT_EPOCH = "UPDATE redo_head SET epoch = epoch + 1 WHERE one = 1";
    private static final String MOVE = "UPDATE redo_head SET newest = ? WHERE one = 1";

    private final RedoFile[] files;
    private final String name;
    private volatile RedoFile current;
    private long epoch;
    private long newest;
    private volatile @Nullable IOException broken;

    private RedoLog(String name, RedoFile first, RedoFile second) {
        this.name = name;
        this.files = new RedoFile[] {first, second};
        this.current = first;
    }

    /**
     * Opens the log beside a store's file.
     *
     * @param name path of that file without its ending
     */
    static RedoLog open(String name) {
        try {
            return new RedoLog(name, RedoFile.open(name + ".redo-0"), RedoFile.open(name + ".redo-1"));
        } catch (IOException e) {
            throw new CountersignException(
                    Database.CANNOT_OPEN,
                    "could not open the redo log " + name + ".redo-0 and -1: " + e.getMessage(),
                    e);
        }
    }

    private record Head(long epoch, long newest) {}

    /**
     * Does again what the file does not have; gives back how many transactions that were. What is done is committed, and stays here until
     * {@link #begin} after it was folded in.
     *
     * @throws CountersignException {@code CS-207} when what stands here does not follow what the file has
     */
    int redo(DataSource source) throws SQLException {
        int done = 0;
        try (Connection connection = source.getConnection()) {
            List<RedoCodec.Entry> entries = read();
            Head head = head(connection);
            long next = head.newest + 1;
            connection.setAutoCommit(false);
            for (RedoCodec.Entry entry : entries) {
                if (entry.number() < next) {
                    continue;
                }
                if (entry.number() != next || entry.epoch() != head.epoch) {
                    throw notOfThisFile(head, entry);
                }
                redoOrSay(connection, entry);
                next++;
                done++;
            }
            connection.setAutoCommit(true);
        } catch (IOException | IndexOutOfBoundsException e) {
            throw new CountersignException(
                    NOT_OF_THIS_FILE, "could not read the redo log " + name + ".redo-0 and -1: " + e.getMessage(), e);
        }
        return done;
    }

    private List<RedoCodec.Entry> read() throws IOException {
        List<RedoCodec.Entry> first = files[0].read();
        List<RedoCodec.Entry> second = files[1].read();
        List<RedoCodec.Entry> all = new ArrayList<>();
        boolean inOrder = first.isEmpty()
                || second.isEmpty()
                || first.get(0).number() < second.get(0).number();
        all.addAll(inOrder ? first : second);
        all.addAll(inOrder ? second : first);
        return all;
    }

    private static Head head(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet count = statement.executeQuery(EXISTS)) {
                count.next();
                if (count.getInt(1) == 0) {
                    return new Head(0, 0);
                }
            }
            try (ResultSet row = statement.executeQuery(SELECT)) {
                return row.next() ? new Head(row.getLong(1), row.getLong(2)) : new Head(0, 0);
            }
        }
    }

    private CountersignException notOfThisFile(Head head, RedoCodec.Entry entry) {
        return new CountersignException(
                NOT_OF_THIS_FILE,
                "the redo log " + name
                        + ".redo-0 and -1 does not belong to the store's file beside it: expected change "
                        + (head.newest + 1) + " of opening " + head.epoch + ", got " + entry.number() + " of "
                        + entry.epoch() + ". If you have put a backup in place of the file, move both away and start"
                        + " again; else put back the file that was here, since what the log holds is in no other place");
    }

    private void redoOrSay(Connection connection, RedoCodec.Entry entry) throws SQLException {
        try {
            redo(connection, entry);
        } catch (SQLException e) {
            connection.rollback();
            throw new CountersignException(
                    NOT_OF_THIS_FILE,
                    "could not do change " + entry.number() + " of the redo log " + name + ".redo-0 and -1 again: "
                            + e.getMessage()
                            + ". Nothing is lost as long as file and log stay together: copy both before"
                            + " anything else is tried",
                    e);
        }
    }

    private static void redo(Connection connection, RedoCodec.Entry entry) throws SQLException {
        for (Change change : entry.changes()) {
            try (PreparedStatement statement = connection.prepareStatement(change.sql())) {
                List<@Nullable Object> values = change.values();
                for (int i = 0; i < values.size(); i++) {
                    statement.setObject(i + 1, values.get(i));
                }
                statement.executeUpdate();
            }
        }
        try (PreparedStatement move = connection.prepareStatement(MOVE)) {
            move(move, entry.number());
        }
        connection.commit();
    }

    private static void move(PreparedStatement move, long number) throws SQLException {
        move.setLong(1, number);
        if (move.executeUpdate() != 1) {
            throw new SQLException("expected one row in redo_head, found none");
        }
    }

    /**
     * Begins an opening of the store.
     *
     * @param fold writes all that is committed into the store's file and forces it
     */
    void begin(DataSource source, Runnable fold) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(CREATE);
            statement.executeUpdate(FIRST);
            statement.executeUpdate(NEXT_EPOCH);
            Head head = head(connection);
            epoch = head.epoch;
            newest = head.newest;
        }
        fold.run();
        try {
            files[0].clear();
            files[1].clear();
        } catch (IOException e) {
            throw new CountersignException(
                    Database.CANNOT_OPEN,
                    "could not empty the redo log " + name + ".redo-0 and -1: " + e.getMessage(),
                    e);
        }
    }

    /**
     * Appends what a transaction did, right before it commits, and has it say so in the file.
     *
     * @param kept of the transaction's connection
     */
    void append(KeptStatements kept, List<Change> changes) throws SQLException {
        IOException before = broken;
        if (before != null) {
            throw new SQLException("the redo log failed before; the store has to be opened again", before);
        }
        PreparedStatement move = kept.take(MOVE);
        try {
            move(move, newest + 1);
        } finally {
            kept.giveBack(move);
        }
        try {
            current.append(new RedoCodec.Entry(epoch, newest + 1, changes));
        } catch (IOException e) {
            if (!current.isWhole()) {
                broken(e);
            }
            throw new SQLException("could not write to the redo log " + name + ": " + e.getMessage(), e);
        }
        newest++;
    }

    /** What was appended is not what the database has: from now on nothing is committed any more until the store is opened again. */
    void broken(Throwable why) {
        broken = new IOException("what stands in the redo log is not what was committed", why);
    }

    boolean isBroken() {
        return broken != null;
    }

    /** Brings to disk all that was appended before. */
    void force() {
        try {
            current.force();
        } catch (IOException e) {
            throw new CountersignException(
                    Database.CANNOT_OPEN, "could not force the redo log " + name + " to disk: " + e.getMessage(), e);
        }
    }

    /** How many bytes wait to be folded in. */
    long length() {
        return files[0].length() + files[1].length();
    }

    /**
     * From now on appends to the other file. What is in this one is forced before, so that forcing the other is enough.
     *
     * @return false when the other is not folded in yet
     */
    boolean turn() {
        RedoFile other = other();
        if (other.length() > 0) {
            return false;
        }
        force();
        current = other;
        return true;
    }

    private RedoFile other() {
        return current == files[0] ? files[1] : files[0];
    }

    /** The file that is not appended to has been folded in, and that is on the disk. */
    void folded() {
        try {
            other().clear();
        } catch (IOException e) {
            throw new CountersignException(
                    Database.CANNOT_OPEN, "could not empty the redo log " + name + ": " + e.getMessage(), e);
        }
    }

    /** Leaves the files as they are. */
    @Override
    public void close() {
        try {
            files[0].close();
            files[1].close();
        } catch (IOException e) {
            throw new CountersignException(
                    Database.CANNOT_OPEN, "could not close the redo log " + name + ": " + e.getMessage(), e);
        }
    }

    /** Removes the files, after all was folded in. */
    void delete() {
        try {
            files[0].delete();
            files[1].delete();
        } catch (IOException e) {
            throw new CountersignException(
                    Database.CANNOT_OPEN, "could not remove the redo log " + name + ": " + e.getMessage(), e);
        }
    }
}
