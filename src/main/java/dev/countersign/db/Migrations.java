package dev.countersign.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/**
 * Brings the tables of a store up to date. Flyway does it; where its own table says that there is nothing to do, which is so at nearly
 * every start, it is not even loaded, since that alone takes a third of a second.
 */
final class Migrations {
    /** The newest in {@code db/migration}; a test compares. */
    static final String NEWEST = "26";

    /** Columns whose bytes were written as hexadecimal letters once. */
    private static final List<String> DIGESTS = List.of("filing_key", "argument_digest", "hash");

    private static final String HISTORY = """
            SELECT SUM(CASE WHEN "success" THEN 0 ELSE 1 END), SUM(CASE WHEN "version" = ? THEN 1 ELSE 0 END)
            FROM "flyway_schema_history"
            """;

    private Migrations() {}

    /**
     * Applies what is missing.
     *
     * @param isH2 whether it is H2, which has other words for some things than PostgreSQL
     * @throws org.flywaydb.core.api.FlywayException when that cannot be done
     */
    static void apply(DataSource source, boolean isH2) {
        if (!isUpToDate(source)) {
            of(source, isH2).load().migrate();
        }
    }

    static FluentConfiguration of(DataSource source, boolean isH2) {
        return Flyway.configure()
                .dataSource(source)
                .locations("classpath:db/migration")
                .placeholders(words(isH2))
                .failOnMissingLocations(true);
    }

    private static Map<String, String> words(boolean isH2) {
        Map<String, String> words = new HashMap<>();
        words.put("binary", isH2 ? "VARBINARY(1048576)" : "BYTEA");
        for (String column : DIGESTS) {
            words.put(column, isH2 ? half(column, 1) + " || " + half(column, 33) : "decode(" + column + ", 'hex')");
        }
        return words;
    }

    /** H2 reads hexadecimal letters where it reads a UUID. */
    private static String half(String column, int from) {
        return "CAST(CAST(SUBSTRING(" + column + " FROM " + from + " FOR 32) AS UUID) AS BINARY(16))";
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
