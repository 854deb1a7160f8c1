package dev.countersign.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * Brings the tables of a store up to date. Flyway does it; where its own table says that there is nothing to do, which is so at nearly
 * every start, it is not even loaded, since that alone takes a third of a second.
 */
final class Migrations {
    /** The newest in {@code db/migration}; a test compares. */
    static final String NEWEST = "25";

    private static final String HISTORY = """
            SELECT SUM(CASE WHEN "success" THEN 0 ELSE 1 END), SUM(CASE WHEN "version" = ? THEN 1 ELSE 0 END)
            FROM "flyway_schema_history"
            """;

    private Migrations() {}

    /**
     * Applies what is missing.
     *
     * @param binary the database's word for bytes
     * @throws org.flywaydb.core.api.FlywayException when that cannot be done
     */
    static void apply(DataSource source, String binary) {
        if (!isUpToDate(source)) {
            Flyway.configure()
                    .dataSource(source)
                    .locations("classpath:db/migration")
                    .placeholders(Map.of("binary", binary))
                    .failOnMissingLocations(true)
                    .load()
                    .migrate();
        }
    }

    /** Whether the newest has been applied and none has failed; what cannot be read is not up to date. */
    static boolean isUpToDate(DataSource source) {
        try (Connection connection = source.getConnection();
                PreparedStatement history = connection.prepareStatement(HISTORY)) {
            history.setString(1, NEWEST);
            try (ResultSet row = history.executeQuery()) {
                return row.next() && row.getInt(1) == 0 && row.getInt(2) == 1;
            }
        } catch (SQLException e) {
            return false;
        }
    }
}
