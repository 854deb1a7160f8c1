package dev.countersign.crash;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * Puts an ear to a data source: it hears every statement and every commit, before and after. An ear that throws before it
 * keeps the call from happening; one that throws after it makes the caller believe that it failed.
 */
public final class Tap {
    /** Who listens. */
    public interface Ear {
        /** Hears nothing. */
        Ear NONE = new Ear() {
            @Override
            public void before(Call call) {}

            @Override
            public void after(Call call) {}
        };

        void before(Call call) throws SQLException;

        void after(Call call) throws SQLException;
    }

    /** Something that is asked of the database. */
    public sealed interface Call permits Said, Committed {}

    /** A statement with the values bound to it, by their position from 1. */
    public record Said(String sql, Map<Integer, Object> values) implements Call {
        public boolean begins(String words) {
            return sql.startsWith(words);
        }

        public boolean binds(Object value) {
            return values.containsValue(value);
        }
    }

    /** A transaction, or a statement that is one by itself. */
    public record Committed(List<Said> statements) implements Call {
        public Committed {
            statements = List.copyOf(statements);
        }

        public boolean has(String words) {
            return statements.stream().anyMatch(said -> said.begins(words));
        }
    }

    private final Ear ear;

    private Tap(Ear ear) {
        this.ear = ear;
    }

    /** The same data source, heard. */
    public static DataSource on(DataSource real, Ear ear) {
        Tap tap = new Tap(ear);
        return proxy(DataSource.class, (method, arguments) -> {
            Object answer = call(real, method, arguments);
            return answer instanceof Connection connection ? tap.connection(connection) : answer;
        });
    }

    private interface Handler {
        Object handle(Method method, Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Handler handler) {
        return type.cast(Proxy.newProxyInstance(
                Tap.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    Object[] given = arguments == null ? new Object[0] : arguments;
                    return switch (method.getName()) {
                        case "equals" -> self == given[0];
                        case "hashCode" -> System.identityHashCode(self);
                        default -> handler.handle(method, given);
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

    private Connection connection(Connection real) {
        List<Said> open = new ArrayList<>();
        return proxy(Connection.class, (method, arguments) -> {
            return switch (method.getName()) {
                case "prepareStatement" ->
                    prepared((String) arguments[0], (PreparedStatement) call(real, method, arguments), real, open);
                case "createStatement" -> plain((Statement) call(real, method, arguments), real, open);
                case "commit" -> {
                    Committed transaction = new Committed(open);
                    open.clear();
                    yield heard(transaction, () -> call(real, method, arguments));
                }
                case "rollback" -> {
                    open.clear();
                    yield call(real, method, arguments);
                }
                default -> call(real, method, arguments);
            };
        });
    }

    private PreparedStatement prepared(String sql, PreparedStatement real, Connection connection, List<Said> open) {
        Map<Integer, Object> values = new TreeMap<>();
        return proxy(PreparedStatement.class, (method, arguments) -> {
            if (method.getName().startsWith("set") && arguments.length >= 2 && arguments[0] instanceof Integer place) {
                if (arguments[1] != null && !method.getName().equals("setNull")) {
                    values.put(place, arguments[1]);
                }
                return call(real, method, arguments);
            }
            if (method.getName().startsWith("execute")) {
                return said(
                        new Said(sql.strip(), Map.copyOf(values)),
                        connection,
                        open,
                        () -> call(real, method, arguments));
            }
            return call(real, method, arguments);
        });
    }

    private Statement plain(Statement real, Connection connection, List<Said> open) {
        return proxy(Statement.class, (method, arguments) -> {
            if (method.getName().startsWith("execute") && arguments.length > 0) {
                Said said = new Said(((String) arguments[0]).strip(), Map.of());
                return said(said, connection, open, () -> call(real, method, arguments));
            }
            return call(real, method, arguments);
        });
    }

    private interface Work {
        Object run() throws Throwable;
    }

    private Object said(Said said, Connection connection, List<Said> open, Work work) throws Throwable {
        boolean byItself = connection.getAutoCommit() && changes(said);
        Object answer = heard(said, byItself ? () -> heard(new Committed(List.of(said)), work) : work);
        if (!connection.getAutoCommit()) {
            open.add(said);
        }
        return answer;
    }

    private static boolean changes(Said said) {
        return said.begins("INSERT")
                || said.begins("UPDATE")
                || said.begins("DELETE")
                || said.begins("insert")
                || said.begins("update")
                || said.begins("delete");
    }

    private Object heard(Call call, Work work) throws Throwable {
        ear.before(call);
        Object answer = work.run();
        ear.after(call);
        return answer;
    }
}
