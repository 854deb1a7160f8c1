package dev.countersign.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;

/** The kept statements of each connection of a pool, past whoever has it at the moment. Safe for use by many threads. */
final class KeptOfPool {
    private final Consumer<String> fresh;
    private final IdentityHashMap<Connection, KeptStatements> kept = new IdentityHashMap<>();

    /** @param fresh hears each SQL that a connection prepares for the first time */
    KeptOfPool(Consumer<String> fresh) {
        this.fresh = fresh;
    }

    /**
     * Those of one connection; of connections that the pool has renewed none are held for longer than until the next new one.
     *
     * @param connection the driver's own, without a pool's wrapper around it
     */
    synchronized KeptStatements of(Connection connection) throws SQLException {
        KeptStatements known = kept.get(connection);
        if (known == null) {
            for (Connection other : List.copyOf(kept.keySet())) {
                if (other.isClosed()) {
                    kept.remove(other);
                }
            }
            known = new KeptStatements(connection, fresh);
            kept.put(connection, known);
        }
        return known;
    }
}
