package dev.countersign.db;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Whether a PostgreSQL server keeps what it acknowledges over a power cut. With {@code fsync}, {@code full_page_writes} or
 * {@code synchronous_commit} off it does not, and a store that promises it must not open.
 *
 * <p>Source: PostgreSQL's documentation, "Write Ahead Log" settings.
 */
final class PostgresPromise {
    private static final ErrorCode NOT_DURABLE = new ErrorCode("CS-205", ErrorCode.Kind.INVALID);
    private static final List<String> NEEDED = List.of("fsync", "full_page_writes", "synchronous_commit");

    private PostgresPromise() {}

    static void check(DataSource source) {
        List<String> off = new ArrayList<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            for (String setting : NEEDED) {
                try (ResultSet row = statement.executeQuery("SHOW " + setting)) {
                    row.next();
                    if (row.getString(1).equals("off")) {
                        off.add(setting);
                    }
                }
            }
        } catch (SQLException e) {
            throw new CountersignException(
                    NOT_DURABLE,
                    "could not ask the database whether it keeps what it acknowledges: " + e.getMessage(),
                    e);
        }
        if (!off.isEmpty()) {
            throw new CountersignException(
                    NOT_DURABLE,
                    "durability is fsync, and the database has " + String.join(", ", off)
                            + " off: a power cut would lose what was acknowledged. Turn it on, or set"
                            + " COUNTERSIGN_DURABILITY=process to say that this is meant.");
        }
    }
}
