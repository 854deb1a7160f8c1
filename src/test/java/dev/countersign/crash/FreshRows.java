package dev.countersign.crash;

import dev.countersign.db.Database;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Shows that every table can still be read and written, as a file that only looks whole cannot: reads each row, touches each,
 * writes a fresh one, and takes it away again, each in a transaction of its own. The tables are whatever the schema has.
 */
final class FreshRows {
    private static final Instant FAR = Instant.parse("2200-01-01T00:00:00Z");

    private record Column(String name, int type, int size) {
        Object value(String text) {
            return switch (type) {
                case Types.VARCHAR, Types.CHAR, Types.CLOB -> text.substring(0, Math.min(text.length(), size));
                case Types.BOOLEAN, Types.BIT -> false;
                case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE -> Timestamp.from(FAR);
                case Types.BINARY, Types.VARBINARY, Types.BLOB, Types.LONGVARBINARY -> new byte[] {1, 2, 3};
                case Types.INTEGER, Types.SMALLINT, Types.BIGINT, Types.NUMERIC -> -7;
                default -> throw new IllegalStateException("a column of a type not met before: " + this);
            };
        }
    }

    private FreshRows() {}

    /** Writes them; answers the tables there are. */
    static List<String> into(Database database) {
        try (Connection connection = database.source().getConnection()) {
            List<String> tables = tables(connection.getMetaData(), connection.getSchema());
            for (String table : tables) {
                List<Column> columns = columns(connection, table);
                touch(connection, table, columns);
            }
            return tables;
        } catch (SQLException e) {
            throw new IllegalStateException("a table cannot be used after the store was opened: " + e.getMessage(), e);
        }
    }

    private static List<String> tables(DatabaseMetaData schema, String ours) throws SQLException {
        List<String> tables = new ArrayList<>();
        try (ResultSet rows = schema.getTables(null, ours, "%", new String[] {"TABLE", "BASE TABLE"})) {
            while (rows.next()) {
                if (!rows.getString("TABLE_NAME").equals("flyway_schema_history")) {
                    tables.add(rows.getString("TABLE_NAME"));
                }
            }
        }
        return tables;
    }

    private static List<Column> columns(Connection connection, String table) throws SQLException {
        List<Column> columns = new ArrayList<>();
        try (ResultSet rows = connection.getMetaData().getColumns(null, connection.getSchema(), table, "%")) {
            while (rows.next()) {
                boolean generated = "YES".equals(rows.getString("IS_AUTOINCREMENT"));
                boolean needed = rows.getInt("NULLABLE") == DatabaseMetaData.columnNoNulls;
                if (needed && !generated) {
                    columns.add(new Column(
                            rows.getString("COLUMN_NAME"), rows.getInt("DATA_TYPE"), rows.getInt("COLUMN_SIZE")));
                }
            }
        }
        return columns;
    }

    private static void touch(Connection connection, String table, List<Column> columns) throws SQLException {
        String mark = "fresh " + Long.toHexString(System.nanoTime());
        String names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
        String places = columns.stream().map(column -> "?").collect(Collectors.joining(", "));
        Column first = columns.get(0);
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
            while (rows.next()) {
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    Object unused = rows.getObject(i);
                }
            }
        }
        // Rewrites every row and its places in the indexes, and changes none.
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE " + table + " SET " + first.name() + " = " + first.name());
        }
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO " + table + " (" + names + ") VALUES (" + places + ")")) {
            for (int i = 0; i < columns.size(); i++) {
                insert.setObject(i + 1, columns.get(i).value(mark));
            }
            insert.executeUpdate();
        }
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM " + table + " WHERE " + first.name() + " = ?")) {
            delete.setObject(1, first.value(mark));
            if (delete.executeUpdate() != 1) {
                throw new SQLException("the fresh row is not in " + table);
            }
        }
    }
}
