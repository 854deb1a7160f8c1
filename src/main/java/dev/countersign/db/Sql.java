package dev.countersign.db;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * A statement with named values, as a handle would run it, but said to its connection at once: for the statements of which every
 * turn says dozens (decision 021). A name is a colon and letters, digits or underscores, and may stand in it more than once; the text has no
 * colon besides. A constant of the room that says it. Safe for use by many threads; {@link Said} is for one.
 */
public final class Sql {
    private static final Pattern NAME = Pattern.compile(":(\\w+)");

    private final String text;
    private final String[] names;

    private Sql(String text, String[] names) {
        this.text = text;
        this.names = names;
    }

    public static Sql of(String named) {
        List<String> names = new ArrayList<>();
        Matcher name = NAME.matcher(named);
        while (name.find()) {
            names.add(name.group(1));
        }
        return new Sql(name.replaceAll("?"), names.toArray(new String[0]));
    }

    /** Reads one row; called with the cursor on it. */
    @FunctionalInterface
    public interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** A use of it, on the handle's connection and in its transaction. */
    public Said on(Handle handle) {
        return new Said(handle);
    }

    /** Failed at the database; whoever catches what Jdbi throws catches this. It adds no value to the database's words. */
    private static final class Failed extends JdbiException {
        private static final long serialVersionUID = 1L;

        Failed(String sql, SQLException cause) {
            super(cause.getMessage() + " [statement: " + sql.strip() + "]", cause);
        }
    }

    /** Where nothing was bound yet. */
    private enum Open {
        NOTHING
    }

    private record Null(int type) {}

    /** One use: every name is bound, then it is run once; {@link #add} begins the next of many. */
    public final class Said {
        private final Handle handle;
        private final List<@Nullable Object[]> batch = new ArrayList<>();
        private @Nullable Object[] values = fresh();

        private Said(Handle handle) {
            this.handle = handle;
        }

        private @Nullable Object[] fresh() {
            @Nullable Object[] open = new @Nullable Object[names.length];
            Arrays.fill(open, Open.NOTHING);
            return open;
        }

        /**
         * Binds a value wherever the name stands.
         *
         * @param value a text, a number, a truth or bytes; null for NULL, whose type the statement tells
         * @throws IllegalArgumentException when the statement has no such name
         */
        public Said bind(String name, @Nullable Object value) {
            boolean known = false;
            for (int i = 0; i < names.length; i++) {
                if (names[i].equals(name)) {
                    values[i] = value;
                    known = true;
                }
            }
            if (!known) {
                throw new IllegalArgumentException("expected one of " + Arrays.toString(names) + ", got " + name);
            }
            return this;
        }

        /** Binds NULL of that {@link Types}, where the statement does not tell. */
        public Said bindNull(String name, int type) {
            return bind(name, new Null(type));
        }

        /** Takes what is bound as one of many rows. */
        public void add() {
            batch.add(values);
            values = fresh();
        }

        /** Runs it with each of the rows that were added. */
        public void executeAll() {
            try (PreparedStatement statement = handle.getConnection().prepareStatement(text)) {
                for (@Nullable Object[] row : batch) {
                    fill(statement, row);
                    statement.addBatch();
                }
                statement.executeBatch();
            } catch (SQLException e) {
                throw new Failed(text, e);
            }
        }

        /** Runs it; gives back how many rows it changed. */
        public int execute() {
            try (PreparedStatement statement = handle.getConnection().prepareStatement(text)) {
                fill(statement, values);
                return statement.executeUpdate();
            } catch (SQLException e) {
                throw new Failed(text, e);
            }
        }

        /** The first row; empty when there is none, or the reader finds nothing in it. */
        public <T> Optional<T> first(Row<T> reader) {
            try (PreparedStatement statement = handle.getConnection().prepareStatement(text)) {
                fill(statement, values);
                try (ResultSet rows = statement.executeQuery()) {
                    return rows.next() ? Optional.ofNullable(reader.read(rows)) : Optional.empty();
                }
            } catch (SQLException e) {
                throw new Failed(text, e);
            }
        }

        /**
         * The one row there is.
         *
         * @throws IllegalStateException when there is none
         */
        public <T> T one(Row<T> reader) {
            return first(reader)
                    .orElseThrow(() -> new IllegalStateException("expected a row, got none [statement: " + text + "]"));
        }

        /** All rows, in their order. */
        public <T> List<T> all(Row<T> reader) {
            try (PreparedStatement statement = handle.getConnection().prepareStatement(text)) {
                fill(statement, values);
                List<T> all = new ArrayList<>();
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        all.add(reader.read(rows));
                    }
                }
                return all;
            } catch (SQLException e) {
                throw new Failed(text, e);
            }
        }

        private void fill(PreparedStatement statement, @Nullable Object[] row) throws SQLException {
            for (int i = 0; i < row.length; i++) {
                Object value = row[i];
                if (value == Open.NOTHING) {
                    throw new IllegalStateException("nothing was bound to " + names[i] + " [statement: " + text + "]");
                } else if (value == null) {
                    statement.setNull(i + 1, Types.OTHER);
                } else if (value instanceof Null none) {
                    statement.setNull(i + 1, none.type());
                } else if (value instanceof String words) {
                    statement.setString(i + 1, words);
                } else if (value instanceof Long number) {
                    statement.setLong(i + 1, number);
                } else if (value instanceof Integer number) {
                    statement.setInt(i + 1, number);
                } else if (value instanceof Boolean truth) {
                    statement.setBoolean(i + 1, truth);
                } else if (value instanceof byte[] bytes) {
                    statement.setBytes(i + 1, bytes);
                } else {
                    throw new IllegalArgumentException("expected a text, a number, a truth or bytes for " + names[i]
                            + ", got " + value.getClass());
                }
            }
        }
    }
}
