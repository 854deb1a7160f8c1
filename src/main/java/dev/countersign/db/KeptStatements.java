package dev.countersign.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Prepared statements of one connection, kept when they are closed and handed out again for the same SQL: to parse it and to look
 * its tables up costs as much as to run it. They are closed with their connection. Every value is bound anew each time, so nothing
 * of one use is seen by the next. Not for statements that give generated keys back. For one user of the connection at a time; who is late with
 * giving something back disturbs nobody.
 *
 * <p>H2 could keep them itself, but asks each that it keeps, at the first change of a table in a transaction, whether it has rows of
 * that table at hand: with some fifty of them that took a fifteenth of a busy process.
 */
final class KeptStatements {
    /** Our statements are constants, and fewer than that; what comes beyond it is not kept. */
    private static final int KEPT_MAX = 512;

    private final Connection connection;
    private final Consumer<String> fresh;
    private final Map<String, Deque<PreparedStatement>> idle = new HashMap<>();
    private final IdentityHashMap<Statement, String> inUse = new IdentityHashMap<>();

    /**
     * @param connection the driver's own, without a pool's wrapper around it
     * @param fresh hears each SQL that is prepared for the first time
     */
    KeptStatements(Connection connection, Consumer<String> fresh) {
        this.connection = connection;
        this.fresh = fresh;
    }

    /** A statement that is still in use, such as one whose rows are being read, is never handed out. */
    synchronized PreparedStatement take(String sql) throws SQLException {
        Deque<PreparedStatement> kept = idle.get(sql);
        PreparedStatement statement = kept == null ? null : kept.poll();
        if (statement == null) {
            fresh.accept(sql);
            statement = connection.prepareStatement(sql);
        }
        inUse.put(statement, sql);
        return statement;
    }

    /** Closes what its user has not given back: the connection goes to somebody else. */
    synchronized void leave() throws SQLException {
        for (Statement left : List.copyOf(inUse.keySet())) {
            inUse.remove(left);
            left.close();
        }
    }

    /** Keeps it, without what was bound to it, for the next who asks; its rows must have been closed. */
    synchronized void giveBack(Statement statement) throws SQLException {
        String sql = inUse.remove(statement);
        if (sql != null && (idle.size() < KEPT_MAX || idle.containsKey(sql))) {
            PreparedStatement prepared = (PreparedStatement) statement;
            prepared.clearParameters();
            idle.computeIfAbsent(sql, one -> new ArrayDeque<>()).push(prepared);
        } else {
            statement.close();
        }
    }
}
