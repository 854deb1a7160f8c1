package dev.countersign.db;

import java.lang.reflect.Method;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement of a connection that one at a time writes through: takes its place before it is run, and remembers what was bound to
 * it. Used by one thread at a time.
 */
final class OneStatement {
    private static final String PLAIN = "";

    private final OneWriter.Turn turn;
    private final Statement real;
    private final String sql;
    private final List<@Nullable Object> bound = new ArrayList<>();
    private final List<Change> batch = new ArrayList<>();

    /** One whose text is given when it is run. */
    OneStatement(OneWriter.Turn turn, Statement real) {
        this(turn, real, PLAIN);
    }

    /** One that was prepared from this text, and does more than read. */
    OneStatement(OneWriter.Turn turn, PreparedStatement real, String sql) {
        this(turn, (Statement) real, sql);
    }

    private OneStatement(OneWriter.Turn turn, Statement real, String sql) {
        this.turn = turn;
        this.real = real;
        this.sql = sql;
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
            return run(text, method, arguments, new Change(text, List.of()));
        }
        return OneWriter.call(real, method, arguments);
    }

    private Object prepared(Method method, Object[] arguments) throws Throwable {
        String name = method.getName();
        if (name.startsWith("set") && arguments.length > 1 && arguments[0] instanceof Integer position) {
            bind(method, position, arguments);
        } else if (name.equals("addBatch")) {
            batch.add(new Change(sql, bound));
        } else if (name.equals("clearBatch")) {
            batch.clear();
        } else if (name.equals("clearParameters")) {
            bound.clear();
        } else if (name.endsWith("Batch")) {
            return batch(Sentence.of(sql), method, arguments);
        } else if (name.startsWith("execute")) {
            return run(sql, method, arguments, new Change(sql, bound));
        }
        return OneWriter.call(real, method, arguments);
    }

    private Object run(String text, Method method, Object[] arguments, Change change) throws Throwable {
        Sentence sentence = Sentence.of(text);
        if (sentence == Sentence.READ) {
            return OneWriter.call(real, method, arguments);
        }
        if (sentence == Sentence.FORCE && turn.isHeard()) {
            turn.force();
            return answer(method);
        }
        return turn.write(
                sentence,
                () -> OneWriter.call(real, method, arguments),
                answer -> rows(answer) == 0 ? List.of() : List.of(change));
    }

    /** As the database answers where no rows are counted. */
    private static Object answer(Method method) {
        return method.getReturnType() == boolean.class ? (Object) false : method.getReturnType() == long.class ? 0L : 0;
    }

    private long rows(Object answer) throws SQLException {
        return answer instanceof Number count ? count.longValue() : real.getUpdateCount();
    }

    /** The database goes on after one of a batch has failed, and says so afterwards. */
    private Object batch(Sentence sentence, Method method, Object[] arguments) throws Throwable {
        List<Change> made = List.copyOf(batch);
        batch.clear();
        return turn.write(
                sentence,
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
