package dev.countersign.db;

import java.lang.reflect.Method;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A statement of a connection that one at a time writes through: takes its place before it is run, and remembers what was bound to
 * it. A prepared one is given back when it is closed. Used by one thread at a time.
 */
final class OneStatement {
    private static final String PLAIN = "";

    private final OneWriter.Turn turn;
    private final Statement real;
    private final String sql;
    private final Sentence sentence;
    private @Nullable ResultSet rows;
    private boolean closed;
    private final List<@Nullable Object> bound = new ArrayList<>();
    private final List<Change> batch = new ArrayList<>();

    /** One whose text is given when it is run. */
    OneStatement(OneWriter.Turn turn, Statement real) {
        this(turn, real, PLAIN);
    }

    /** One that was prepared from this text. */
    OneStatement(OneWriter.Turn turn, PreparedStatement real, String sql) {
        this(turn, (Statement) real, sql);
    }

    private OneStatement(OneWriter.Turn turn, Statement real, String sql) {
        this.turn = turn;
        this.real = real;
        this.sql = sql;
        this.sentence = Sentence.of(sql);
    }

    Statement proxy() {
        return real instanceof PreparedStatement && !sql.equals(PLAIN)
                ? OneWriter.proxy(PreparedStatement.class, real, this::prepared)
                : OneWriter.proxy(Statement.class, real, this::plain);
    }

    private Object plain(Method method, Object[] arguments) throws Throwable {
        String name = method.getName();
        if (name.equals("addBatch")) {
            batch.add(new Change((String) arguments[0], List.of()));
        } else if (name.equals("clearBatch")) {
            batch.clear();
        } else if (name.startsWith("execute") && arguments.length == 0) {
            return batch(Sentence.CHANGE, method, arguments);
        } else if (name.startsWith("execute")) {
            String text = (String) arguments[0];
            return run(Sentence.of(text), method, arguments, () -> new Change(text, List.of()));
        }
        return OneWriter.call(real, method, arguments);
    }

    private Object prepared(Method method, Object[] arguments) throws Throwable {
        String name = method.getName();
        if (closed) {
            return afterClose(name);
        }
        if (name.startsWith("set") && arguments.length > 1 && arguments[0] instanceof Integer position) {
            bind(method, position, arguments);
        } else if (name.equals("close")) {
            return close();
        } else if (name.startsWith("set") || name.equals("closeOnCompletion")) {
            // Whoever comes next must not find it changed.
            throw new SQLFeatureNotSupportedException("expected values to be bound by their place, got " + name);
        } else if (name.equals("addBatch")) {
            batch.add(new Change(sql, bound));
        } else if (name.equals("clearBatch")) {
            batch.clear();
        } else if (name.equals("clearParameters")) {
            bound.clear();
        } else if (name.endsWith("Batch")) {
            return batch(sentence, method, arguments);
        } else if (name.startsWith("execute")) {
            return seen(run(sentence, method, arguments, () -> new Change(sql, bound)));
        }
        return seen(OneWriter.call(real, method, arguments));
    }

    private Object seen(Object answer) {
        if (answer instanceof ResultSet read) {
            rows = read;
        }
        return answer;
    }

    /** Gives back nothing of use, as the method that it stands for. */
    private Object close() throws SQLException {
        closed = true;
        ResultSet read = rows;
        if (read != null) {
            read.close();
        }
        if (!batch.isEmpty()) {
            real.clearBatch();
        }
        turn.giveBack(real);
        return this;
    }

    private Object afterClose(String name) throws SQLException {
        return switch (name) {
            case "close" -> this;
            case "isClosed" -> true;
            default -> throw new SQLException("the statement is closed, got " + name);
        };
    }

    private Object run(Sentence what, Method method, Object[] arguments, Supplier<Change> change) throws Throwable {
        if (what == Sentence.READ) {
            return OneWriter.call(real, method, arguments);
        }
        if (what == Sentence.FORCE && turn.isHeard()) {
            turn.force();
            return answer(method);
        }
        return turn.write(
                what,
                () -> OneWriter.call(real, method, arguments),
                answer -> what != Sentence.CHANGE || rows(answer) == 0 ? List.of() : List.of(change.get()));
    }

    /** As the database answers where no rows are counted. */
    private static Object answer(Method method) {
        if (method.getReturnType() == boolean.class) {
            return false;
        }
        // Not in one expression, which would make both of them long.
        if (method.getReturnType() == long.class) {
            return 0L;
        }
        return 0;
    }

    private long rows(Object answer) throws SQLException {
        return answer instanceof Number count ? count.longValue() : real.getUpdateCount();
    }

    /** The database goes on after one of a batch has failed, and says so afterwards. */
    private Object batch(Sentence what, Method method, Object[] arguments) throws Throwable {
        List<Change> made = List.copyOf(batch);
        batch.clear();
        return turn.write(
                what,
                () -> {
                    try {
                        return OneWriter.call(real, method, arguments);
                    } catch (Throwable e) {
                        turn.spoil();
                        throw e;
                    }
                },
                answer -> made);
    }

    private void bind(Method method, int position, Object[] arguments) throws SQLException {
        if (sentence != Sentence.CHANGE) {
            return;
        }
        Object value = method.getName().equals("setNull") ? null : arguments[1];
        if (turn.isHeard() && (!RedoCodec.knows(value) || (arguments.length > 2 && arguments[2] instanceof Calendar))) {
            throw new SQLFeatureNotSupportedException("expected a value that the redo log can hold at place " + position
                    + " of a statement, got " + Arrays.toString(method.getParameterTypes()));
        }
        if (bound.size() < position) {
            bound.addAll(Collections.nCopies(position - bound.size(), null));
        }
        bound.set(position - 1, value);
    }
}
