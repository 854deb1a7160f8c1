package dev.countersign.db;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTimeoutException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.h2.jdbc.JdbcConnection;

/**
 * Lets one transaction at a time write to an H2 file, from its first statement that is more than a SELECT to its end, and tells what
 * it does before it commits.
 *
 * <p>H2 writes a version of its file table by table while others go on: what a second transaction does meanwhile may be in that
 * version for one table and missing for another, without an entry in the undo log (read in {@code
 * MVStore.collectChangedMapRoots} of H2 2.4.240; a copy of the file taken at any write had it in 4 of 300, under twelve writers). The
 * next commit puts it right, but a process that is killed before that leaves half a transaction behind, for good. With one
 * writer there is no second transaction, and what it does is an order in which all can be done again ({@link RedoLog}).
 *
 * <p>Reads never wait. Whoever waits longer than the given time gets an {@link SQLTimeoutException}, as for a row's lock. A transaction
 * begins and ends on one thread, and prepares its statements itself: one that was prepared before it is not seen to write. Safe for use by many threads.
 */
final class OneWriter {
    /** Stands for a batch that failed: a part of it may be done all the same. */
    private static final Change HALF = new Change("", List.of());

    /** As the database takes it without options. */
    private static final List<Object> READ_ONCE = List.of(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);

    /**
     * Not a fair one: whoever runs may take it before those who wait are awake. Handed over in order it would stand still for the time
     * that each of them takes to wake up, several times a turn (decision 024).
     */
    private final ReentrantLock writing = new ReentrantLock();

    private final Duration patience;
    private final Ahead ahead;
    private final KeptOfPool kept;

    /** Hears of what is written, under the lock. */
    interface Ahead {
        /** The transaction is about to commit, having changed this; when it throws, the transaction is rolled back. */
        void commits(KeptStatements kept, List<Change> changes) throws SQLException;

        /** What was told last did not commit after all, or nobody knows. */
        void failed(Throwable why);

        /** Something else than rows was changed. */
        void changedMore() throws SQLException;

        /** What is to be done in place of CHECKPOINT SYNC, without the lock. */
        void force() throws SQLException;
    }

    /** For a file that the database itself writes at each commit. */
    OneWriter(Duration patience) {
        this(patience, sql -> {});
    }

    /**
     * The same.
     *
     * @param fresh hears each SQL that a connection prepares for the first time
     */
    OneWriter(Duration patience, Consumer<String> fresh) {
        this(patience, new Deaf(), fresh);
    }

    OneWriter(Duration patience, Ahead ahead) {
        this(patience, ahead, sql -> {});
    }

    private OneWriter(Duration patience, Ahead ahead, Consumer<String> fresh) {
        this.patience = patience;
        this.ahead = ahead;
        this.kept = new KeptOfPool(fresh);
    }

    /** What changes the file without a statement. */
    interface Work<T> {
        T run();
    }

    /** Does that while nobody writes. */
    <T> T alone(Work<T> work) {
        writing.lock();
        try {
            return work.run();
        } finally {
            writing.unlock();
        }
    }

    /** The same connections, of which one at a time writes. */
    DataSource on(DataSource real) {
        return proxy(DataSource.class, real, (method, arguments) -> {
            Object answer = call(real, method, arguments);
            return answer instanceof Connection connection ? guarded(connection) : answer;
        });
    }

    private Connection guarded(Connection real) throws SQLException {
        Turn turn = new Turn(real, kept.of(real.unwrap(JdbcConnection.class)));
        return proxy(Connection.class, real, (method, arguments) -> switch (method.getName()) {
            case "prepareStatement" -> prepared(turn, arguments);
            case "createStatement" -> {
                turn.beginWithin();
                yield new OneStatement(turn, (Statement) call(real, method, arguments)).proxy();
            }
            case "commit" -> turn.commit();
            case "setAutoCommit" -> {
                if (Boolean.TRUE.equals(arguments[0])) {
                    turn.commitRest();
                }
                yield turn.end(() -> call(real, method, arguments));
            }
            case "prepareCall" -> throw new SQLFeatureNotSupportedException("expected a statement, got a call");
            case "close" ->
                turn.end(() -> {
                    try {
                        turn.leave();
                    } finally {
                        call(real, method, arguments);
                    }
                    return turn;
                });
            case "abort" -> turn.end(() -> call(real, method, arguments));
            // Back to a savepoint is not the end.
            case "rollback" ->
                arguments.length > 0
                        ? turn.back((Savepoint) arguments[0], () -> call(real, method, arguments))
                        : turn.end(() -> call(real, method, arguments));
            case "setSavepoint" -> turn.mark((Savepoint) call(real, method, arguments));
            default -> call(real, method, arguments);
        });
    }

    private static Object prepared(Turn turn, Object[] arguments) throws SQLException {
        List<Object> options = List.of(arguments).subList(1, arguments.length);
        if (!options.isEmpty() && !options.equals(READ_ONCE)) {
            throw new SQLFeatureNotSupportedException(
                    "expected a statement whose rows are read once from first to last, got options " + options);
        }
        turn.checkOpen();
        String sql = (String) arguments[0];
        if (Sentence.of(sql) != Sentence.READ) {
            turn.beginWithin();
        }
        return new OneStatement(turn, turn.kept.take(sql), sql).proxy();
    }

    /** One connection's place in the row of writers, and what it has changed since it is there. Used by one thread at a time. */
    final class Turn {
        private final Connection real;
        private final KeptStatements kept;
        private final List<Change> changes = new ArrayList<>();
        private final Map<Savepoint, Integer> marks = new HashMap<>();
        private boolean mine;

        Turn(Connection real, KeptStatements kept) {
            this.real = real;
            this.kept = kept;
        }

        void giveBack(Statement statement) throws SQLException {
            kept.giveBack(statement);
        }

        /**
         * Leaves no statement open; and a transaction that nobody has ended is none: the pool does not see what was done in it, and
         * would commit it.
         */
        void leave() throws SQLException {
            if (real.isClosed()) {
                return;
            }
            kept.leave();
            if (!real.getAutoCommit()) {
                real.rollback();
            }
        }

        /** By now the connection may be somebody else's. */
        void checkOpen() throws SQLException {
            if (real.isClosed()) {
                throw new SQLException("the connection is closed");
            }
        }

        /** Takes its place when a transaction is under way. */
        void beginWithin() throws SQLException {
            if (!real.getAutoCommit()) {
                begin();
            }
        }

        void begin() throws SQLException {
            if (mine) {
                return;
            }
            try {
                if (!writing.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new SQLTimeoutException(
                            "waited " + patience.toMillis() + " ms for another transaction to end its writing");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SQLException("interrupted while another transaction was writing", e);
            }
            mine = true;
        }

        Object end(Call call) throws Throwable {
            try {
                return call.run();
            } finally {
                changes.clear();
                marks.clear();
                if (mine) {
                    mine = false;
                    writing.unlock();
                }
            }
        }

        /** Gives back nothing of use, as the method that it stands for. */
        Object commit() throws Throwable {
            return end(() -> {
                keep();
                return this;
            });
        }

        /** Whoever goes back to single statements commits by that. */
        void commitRest() throws SQLException {
            if (!changes.isEmpty()) {
                keep();
            }
        }

        /** Tells what was changed and commits; whatever fails, nobody else writes before it is rolled back. */
        private void keep() throws SQLException {
            boolean told = false;
            try {
                if (changes.contains(HALF)) {
                    throw new SQLException("a batch failed in part: expected a rollback, to its begin or to a savepoint"
                            + " before the batch, got a commit; all of it is rolled back");
                }
                if (!changes.isEmpty()) {
                    ahead.commits(kept, changes);
                    told = true;
                }
                real.commit();
            } catch (SQLException | RuntimeException | Error e) {
                if (told) {
                    ahead.failed(e);
                }
                undo(e);
                throw e;
            }
        }

        private void undo(Throwable why) {
            try {
                real.rollback();
            } catch (SQLException e) {
                why.addSuppressed(e);
            }
        }

        Object back(Savepoint to, Call rollback) throws Throwable {
            Object answer = rollback.run();
            int mark = marks.getOrDefault(to, 0);
            changes.subList(mark, changes.size()).clear();
            return answer;
        }

        Savepoint mark(Savepoint savepoint) {
            marks.put(savepoint, changes.size());
            return savepoint;
        }

        /** A batch has failed: nobody knows which of its changes were made. */
        void spoil() {
            changes.add(HALF);
        }

        /** Runs a statement that writes: within the transaction under way, or as one of its own. */
        Object write(Sentence sentence, Call statement, Made made) throws Throwable {
            boolean within = !real.getAutoCommit();
            begin();
            if (within) {
                return run(sentence, statement, made);
            }
            return end(() -> sentence == Sentence.CHANGE && !(ahead instanceof Deaf)
                    ? asTransaction(statement, made)
                    : run(sentence, statement, made));
        }

        private Object run(Sentence sentence, Call statement, Made made) throws Throwable {
            if (sentence == Sentence.MORE && !changes.isEmpty()) {
                throw new SQLFeatureNotSupportedException(
                        "expected rows or tables to be changed in a transaction, not both: the second commits the first");
            }
            Object answer = statement.run();
            if (sentence == Sentence.CHANGE) {
                changes.addAll(made.by(answer));
            } else if (sentence == Sentence.MORE) {
                ahead.changedMore();
            }
            return answer;
        }

        private Object asTransaction(Call statement, Made made) throws Throwable {
            real.setAutoCommit(false);
            try {
                Object answer = run(Sentence.CHANGE, statement, made);
                keep();
                return answer;
            } catch (Throwable e) {
                undo(e);
                throw e;
            } finally {
                real.setAutoCommit(true);
            }
        }

        void force() throws SQLException {
            ahead.force();
        }

        boolean isHeard() {
            return !(ahead instanceof Deaf);
        }
    }

    /** What a statement that has been run has changed. */
    interface Made {
        List<Change> by(Object answer) throws SQLException;
    }

    interface Call {
        Object run() throws Throwable;
    }

    interface Handler {
        Object handle(Method method, Object[] arguments) throws Throwable;
    }

    static <T> T proxy(Class<T> type, Object real, Handler handler) {
        return type.cast(Proxy.newProxyInstance(
                OneWriter.class.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
                    Object[] arguments = given == null ? new Object[0] : given;
                    return switch (method.getName()) {
                        case "equals" -> self == arguments[0];
                        case "hashCode" -> System.identityHashCode(self);
                        case "toString" -> "OneWriter[" + real + "]";
                        default -> handler.handle(method, arguments);
                    };
                }));
    }

    static Object call(Object real, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
