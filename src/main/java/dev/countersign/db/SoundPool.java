package dev.countersign.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool that hands out no connection that stands in the middle of a transaction. Whoever got one would take that transaction for
 * their own: what they do would wait there for a commit that nobody makes, and be acknowledged all the same. The pool itself puts
 * back what was changed through it, and does not see what was changed past it, or could not be put back.
 */
final class SoundPool extends HikariDataSource {
    private static final Logger LOG = LoggerFactory.getLogger(SoundPool.class);

    private final @Nullable Connection beside;

    SoundPool(HikariConfig config) {
        this(config, null);
    }

    /** @param beside a connection that is none of the pool's, to be closed after those */
    SoundPool(HikariConfig config, @Nullable Connection beside) {
        super(config);
        this.beside = beside;
    }

    @Override
    public void close() {
        super.close();
        if (beside != null) {
            try {
                beside.close();
            } catch (SQLException e) {
                LOG.debug("the database was closed before its last connection", e);
            }
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = super.getConnection();
        while (!connection.getAutoCommit()) {
            LOG.error("a connection of the pool stood in a transaction; it is closed, and the transaction rolled back");
            evictConnection(connection);
            connection.close();
            connection = super.getConnection();
        }
        return connection;
    }
}
