package dev.countersign.db;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether every table of a store can be read through each of its indexes, and takes a fresh row and gives it up again:
 * the damage that a kill can do to an H2 file shows at just these two. It leaves nothing behind, but it writes: for a store
 * that no server runs on.
 */
public final class FreshRows {
    private static final String FRESH = "~fresh";
    private static final long FRESH_NUMBER = 2_147_483_000L;

    private FreshRows() {}

    /** A line for each table that refuses, with what the database says; empty when none does. */
    public static List<String> refused(Database database) {
        List<String> refused = new ArrayList<>();
        try (Connection connection = database.source().getConnection()) {
            for (String table : tables(connection)) {
                try {
                    read(connection, table);
                    writeAndRemove(connection, table);
                } catch (SQLException e) {
                    refused.add("table " + table + ": " + e.getMessage() + " (" + e.getErrorCode() + ")");
                }
            }
        } catch (SQLException e) {
            refused.add("the tables could not be listed: " + e.getMessage());
        }
        return refused;
    }

    private static List<String> tables(Connection connection) throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet found = connection
                .getMetaData()
                .getTables(
                        connection.getCatalog(), connection.getSchema(), "%", new String[] {"TABLE", "BASE TABLE"})) {
            while (found.next()) {
                names.add(found.getString("TABLE_NAME"));
            }
        }
        return names;
    }

    /** In the order of each index, so that a row that an index has and its table has not is met. */
    private static void read(Connection connection, String table) throws SQLException {
        Map<String, List<String>> indexes = new LinkedHashMap<>();
        DatabaseMetaData meta = connection.getMetaData();
        try (ResultSet found = meta.getIndexInfo(connection.getCatalog(), connection.getSchema(), table, false, true)) {
            while (found.next()) {
                String column = found.getString("COLUMN_NAME");
                if (column != null) {
                    indexes.computeIfAbsent(found.getString("INDEX_NAME"), index -> new ArrayList<>())
                            .add(quoted(column));
                }
            }
        }
        drain(connection, "SELECT * FROM " + quoted(table));
        for (List<String> columns : indexes.values()) {
            drain(connection, "SELECT * FROM " + quoted(table) + " ORDER BY " + String.join(", ", columns));
        }
    }

    private static void drain(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                for (int i = 1; i <= columns; i++) {
                    rows.getObject(i);
                }
            }
        }
    }

    private static void writeAndRemove(Connection connection, String table) throws SQLException {
        Map<String, @Nullable Object> row = freshRow(connection, table);
        List<String> key = new ArrayList<>();
        try (ResultSet found =
                connection.getMetaData().getPrimaryKeys(connection.getCatalog(), connection.getSchema(), table)) {
            while (found.next()) {
                key.add(found.getString("COLUMN_NAME"));
            }
        }
        String columns = row.keySet().stream().map(FreshRows::quoted).collect(Collectors.joining(", "));
        String marks = row.keySet().stream().map(column -> "?").collect(Collectors.joining(", "));
        execute(
                connection,
                "INSERT INTO " + quoted(table) + " (" + columns + ") VALUES (" + marks + ")",
                new ArrayList<>(row.values()));
        String where = key.stream().map(column -> quoted(column) + " = ?").collect(Collectors.joining(" AND "));
        List<@Nullable Object> values = new ArrayList<>();
        key.forEach(column -> values.add(row.get(column)));
        execute(connection, "DELETE FROM " + quoted(table) + " WHERE " + where, values);
    }

    private static void execute(Connection connection, String sql, List<@Nullable Object> values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            int rows = statement.executeUpdate();
            if (rows != 1) {
                throw new SQLException("expected one row to change, got " + rows);
            }
        }
    }

    private static Map<String, @Nullable Object> freshRow(Connection connection, String table) throws SQLException {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        try (ResultSet found =
                connection.getMetaData().getColumns(connection.getCatalog(), connection.getSchema(), table, "%")) {
            while (found.next()) {
                row.put(found.getString("COLUMN_NAME"), value(found.getInt("DATA_TYPE"), found.getInt("COLUMN_SIZE")));
            }
        }
        return row;
    }

    private static @Nullable Object value(int type, int size) {
        return switch (type) {
            case Types.VARCHAR, Types.CHAR, Types.CLOB -> FRESH.substring(0, Math.min(FRESH.length(), size));
            case Types.BIGINT -> FRESH_NUMBER;
            case Types.INTEGER -> (int) FRESH_NUMBER;
            case Types.SMALLINT, Types.TINYINT -> 1;
            case Types.BOOLEAN, Types.BIT -> false;
            case Types.BINARY, Types.VARBINARY, Types.BLOB -> new byte[] {1};
            case Types.TIMESTAMP, Types.TIMESTAMP_WITH_TIMEZONE -> java.sql.Timestamp.valueOf("2000-01-01 00:00:00");
            default -> null;
        };
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
