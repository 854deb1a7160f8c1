package dev.countersign.db;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * Lets one transaction at a time write to an H2 file, from its first statement that is more than a SELECT to its end.
 *
 * <p>H2 writes a version of its file table by table while others go on: what a second transaction does meanwhile may be in that
 * version for one table and missing for another, without an entry in the undo log (read in {@code
 * MVStore.collectChangedMapRoots} of H2 2.4.240; a copy of the file taken at any write had it in 4 of 300, under twelve writers). The
 * next commit puts it right, but a process that is killed before that leaves half a transaction behind, for good. With one
 * writer there is no second transaction. It costs little: H2 writes one commit at a time anyway.
 *
 * <p>Reads never wait. Whoever waits longer than the given time gets an {@link SQLTimeoutException}, as for a row's lock. A transaction
 * begins and ends on one thread, and prepares its statements itself: one that was prepared before it is not seen to write. Safe for use by many threads.
 */
final class OneWriter {
    private static final Set<String> READS = Set.of("SELECT", "WITH", "VALUES", "EXPLAIN", "SHOW");
    /** It holds rows, which is written down like a change; who waits for them may be the writer. */
    private static final Pattern HOLDS = Pattern.compile("\\sFOR\\s+UPDATE\\b");

    private final ReentrantLock writing = new ReentrantLock(true);
    private final Duration patience;

    OneWriter(Duration patience) {
        this.patience = patience;
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

    private Connection guarded(Connection real) {
        Turn turn = new Turn();
        return proxy(Connection.class, real, (method, arguments) -> switch (method.getName()) {
            case "prepareStatement", "prepareCall" -> {
                String sql = (String) arguments[0];
                if (reads(sql)) {
                    yield call(real, method, arguments);
                }
                if (real.getAutoCommit()) {
                    yield guarded(PreparedStatement.class, (PreparedStatement) call(real, method, arguments));
                }
                turn.begin();
                yield call(real, method, arguments);
            }
            case "createStatement" -> {
                if (real.getAutoCommit()) {
                    yield guarded(Statement.class, (Statement) call(real, method, arguments));
                }
                turn.begin();
                yield call(real, method, arguments);
            }
            case "commit", "setAutoCommit", "close", "abort" -> turn.end(() -> call(real, method, arguments));
            // Back to a savepoint is not the end.
            case "rollback" ->
                arguments.length > 0 ? call(real, method, arguments) : turn.end(() -> call(real, method, arguments));
            default -> call(real, method, arguments);
        });
    }

    /** A statement that is a transaction by itself. */
    private <T extends Statement> T guarded(Class<T> type, T real) {
        return proxy(type, real, (method, arguments) -> {
            boolean writes = method.getName().startsWith("execute")
                    && (arguments.length == 0 || !(arguments[0] instanceof String sql) || !reads(sql));
            if (!writes) {
                return call(real, method, arguments);
            }
            Turn turn = new Turn();
            turn.begin();
            return turn.end(() -> call(real, method, arguments));
        });
    }

    private static boolean reads(String sql) {
        String words = sql.strip().toUpperCase(Locale.ROOT);
        int end = 0;
        while (end < words.length() && Character.isLetter(words.charAt(end))) {
            end++;
        }
        return READS.contains(words.substring(0, end)) && !HOLDS.matcher(words).find();
    }

    /** One connection's place in the row of writers. Used by one thread at a time. */
    private final class Turn {
        private boolean mine;

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
                if (mine) {
                    mine = false;
                    writing.unlock();
                }
            }
        }
    }

    private interface Call {
        Object run() throws Throwable;
    }

    private interface Handler {
        Object handle(Method method, Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Object real, Handler handler) {
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

    private static Object call(Object real, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
