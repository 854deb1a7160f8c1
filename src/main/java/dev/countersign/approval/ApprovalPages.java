package dev.countersign.approval;

import dev.countersign.core.Mark;
import dev.countersign.db.Database;
import dev.countersign.thread.LogKeys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;

/** Approvals in pages, each of which is a stretch of one index. Safe for use by many threads. */
public final class ApprovalPages {
    // The key rides along: fetched for each row by itself, a page would cost as many statements as it has rows.
    private static final String JOINED = "SELECT a.*, t.log_id, l.wrapped_key FROM approval a"
            + " JOIN thread t ON t.id = a.thread_id LEFT JOIN message_log l ON l.id = t.log_id ";
    private static final String SELECT = JOINED + "WHERE ";
    private static final String AFTER = "a.created_at <= :at AND (a.created_at < :at OR a.id < :id) ";
    private static final String OF_REQUESTER = pageOf(List.of(ApprovalState.values()));
    private static final String OPEN_OF_REQUESTER = pageOf(
            Arrays.stream(ApprovalState.values()).filter(ApprovalState::isOpen).toList());
    private static final String DECIDED_BY = SELECT
            + "a.reviewer = :user AND a.decided_at <= :at AND (a.decided_at < :at OR a.id < :id) "
            + "ORDER BY a.reviewer DESC, a.decided_at DESC, a.id DESC LIMIT :limit";
    private static final String BY_REQUESTS = SELECT + "a.request_id IN (<requests>) AND l.wrapped_key IS NOT NULL";
    private static final int TOGETHER = 500;
    private static final String ALL = SELECT + AFTER + "ORDER BY a.created_at DESC, a.id DESC LIMIT :limit";

    private final Database database;
    private final LogKeys keys;
    private final Reader reader;

    ApprovalPages(Database database, LogKeys keys, Reader reader) {
        this.database = database;
        this.keys = keys;
        this.reader = reader;
    }

    /** Reads rows with the keys of their threads. */
    @FunctionalInterface
    interface Reader {
        RowMapper<Approval> with(Handle handle);
    }

    /** Of each state a stretch of the index, which says all that the page is chosen by: the page is among those. */
    private static String pageOf(List<ApprovalState> states) {
        return states.stream()
                .map(state ->
                        "(SELECT a.id, a.created_at FROM approval a WHERE a.requester = :user AND a.state = '" + state
                                + "' AND " + AFTER
                                + "ORDER BY a.requester DESC, a.state DESC, a.created_at DESC, a.id DESC LIMIT :limit)")
                .collect(Collectors.joining(
                        " UNION ALL ",
                        JOINED + "JOIN (SELECT id FROM (",
                        ") each ORDER BY created_at DESC, id DESC LIMIT :limit) page ON page.id = a.id"
                                + " ORDER BY a.created_at DESC, a.id DESC"));
    }

    /** What a requester asked for, newest first. */
    public List<Approval> of(String requester, Mark after, int limit) {
        return read(OF_REQUESTER, Map.of("user", requester), after, limit);
    }

    /** What of it is open: what was decided long ago costs nothing. */
    public List<Approval> openOf(String requester, Mark after, int limit) {
        return read(OPEN_OF_REQUESTER, Map.of("user", requester), after, limit);
    }

    /** What a reviewer decided, the latest first. */
    public List<Approval> decidedBy(String reviewer, Mark after, int limit) {
        return read(DECIDED_BY, Map.of("user", reviewer), after, limit);
    }

    /** What anybody asked for, newest first. */
    public List<Approval> all(Mark after, int limit) {
        return read(ALL, Map.of(), after, limit);
    }

    /** Those that stand for these requests at Permit, in no order; what is not ours, or was erased, is left out. */
    public List<Approval> byRequests(Collection<String> requests) {
        List<String> ids = List.copyOf(requests);
        List<Approval> found = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += TOGETHER) {
            List<String> some = ids.subList(from, Math.min(ids.size(), from + TOGETHER));
            found.addAll(database.jdbi()
                    .withHandle(handle -> handle.createQuery(BY_REQUESTS)
                            .bindList("requests", some)
                            .map(withKey(handle))
                            .list()));
        }
        return found;
    }

    private RowMapper<Approval> withKey(Handle handle) {
        RowMapper<Approval> rows = reader.with(handle);
        return (row, context) -> {
            byte[] wrapped = row.getBytes("wrapped_key");
            if (wrapped != null) {
                keys.brought(row.getString("log_id"), wrapped);
            }
            return rows.map(row, context);
        };
    }

    private List<Approval> read(String query, Map<String, String> where, Mark after, int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(query)
                        .bindMap(where)
                        .bind("at", after.at())
                        .bind("id", after.id())
                        .bind("limit", limit)
                        .map(withKey(handle))
                        .list());
    }
}
