package dev.countersign.approval;

import dev.countersign.db.Database;
import dev.countersign.permit.RequestKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * Which pending approvals are to be asked for, and when again: rows only, no texts are opened. Rows are changed in the order
 * of their ids, so that two nodes never wait for each other. Safe for use by many threads and processes.
 */
final class DueApprovals {
    private static final String COLUMNS =
            "SELECT id, kind, requester, request_id, created_at, deadline FROM approval WHERE state = 'PENDING' AND ";
    private static final String DUE = COLUMNS + "next_check <= :now ORDER BY state, next_check LIMIT :limit";
    private static final String DUE_OF_GROUP = COLUMNS
            + "requester = :requester AND kind = :kind AND next_check <= :until ORDER BY requester, state, created_at LIMIT :limit";
    private static final String YOUNGEST_OF =
            COLUMNS + "requester = :requester ORDER BY requester DESC, state DESC, created_at DESC LIMIT :limit";
    private static final String BY_REQUEST = COLUMNS + "request_id = :request";
    private static final String IS_OVER = "SELECT id FROM approval WHERE request_id = :request AND state <> 'PENDING'";
    private static final String AMONG = COLUMNS + "request_id IN (<requests>)";
    private static final String FILING =
            "SELECT id FROM approval WHERE requester = :requester AND state = 'FILING' ORDER BY requester, state LIMIT 1";
    private static final String LATER = "UPDATE approval SET next_check = :at WHERE id = :id AND state = 'PENDING'";

    private final Database database;
    private final Clock clock;

    DueApprovals(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** A pending approval without its texts. */
    record Due(
            String id,
            RequestKind kind,
            String requester,
            @Nullable String requestId,
            Instant createdAt,
            Instant deadline) {}

    /** When an approval is to be asked for again. */
    record Again(String id, Instant at) {}

    /** Those whose time has come, longest waiting first. */
    List<Due> due(int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(DUE)
                        .bind("now", clock.millis())
                        .bind("limit", limit)
                        .map((row, context) -> read(row))
                        .list());
    }

    /** Those of one requester and kind whose time had come at that moment. */
    List<Due> dueSince(RequestKind kind, String requester, Instant moment, int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(DUE_OF_GROUP)
                        .bind("requester", requester)
                        .bind("kind", kind.name())
                        .bind("until", moment.toEpochMilli())
                        .bind("limit", limit)
                        .map((row, context) -> read(row))
                        .list());
    }

    /** The requester's youngest pending ones, due or not. */
    List<Due> youngestOf(String requester, int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(YOUNGEST_OF)
                        .bind("requester", requester)
                        .bind("limit", limit)
                        .map((row, context) -> read(row))
                        .list());
    }

    /** The pending one that stands for this request. */
    Optional<Due> byRequest(String requestId) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(BY_REQUEST)
                        .bind("request", requestId)
                        .map((row, context) -> read(row))
                        .findOne());
    }

    /** Whether the request is one of ours that no longer waits for a decision. */
    boolean isOver(String requestId) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(IS_OVER)
                        .bind("request", requestId)
                        .mapTo(String.class)
                        .findOne()
                        .isPresent());
    }

    /** The pending ones that stand for any of these requests. */
    List<Due> among(Collection<String> requestIds) {
        if (requestIds.isEmpty()) {
            return List.of();
        }
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(AMONG)
                        .bindList("requests", List.copyOf(requestIds))
                        .map((row, context) -> read(row))
                        .list());
    }

    /** Whether a request of this requester is on its way to Permit, so that its id is not known yet. */
    boolean isFiling(String requester) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(FILING)
                        .bind("requester", requester)
                        .mapTo(String.class)
                        .findOne()
                        .isPresent());
    }

    /** Asks again not before the given times; what is no longer pending stays as it is. */
    void later(Collection<Again> times) {
        if (!times.isEmpty()) {
            database.useTransaction(tx -> write(tx, times));
        }
    }

    private static void write(Handle tx, Collection<Again> times) {
        PreparedBatch batch = tx.prepareBatch(LATER);
        times.stream()
                .sorted(Comparator.comparing(Again::id))
                .forEach(again -> batch.bind("id", again.id())
                        .bind("at", again.at().toEpochMilli())
                        .add());
        batch.execute();
    }

    private static Due read(ResultSet row) throws SQLException {
        return new Due(
                row.getString("id"),
                RequestKind.valueOf(row.getString("kind")),
                row.getString("requester"),
                row.getString("request_id"),
                Instant.ofEpochMilli(row.getLong("created_at")),
                Instant.ofEpochMilli(row.getLong("deadline")));
    }
}
