package dev.countersign.emulator;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** The request rows. A state is left by compare-and-set only, so of two decisions one finds nothing to change. */
final class Requests {
    private static final String INSERT = """
            INSERT INTO request (id, kind, element_id, tenant_id, resource_id, instance_id, role_id, requester_id,
                                 reason, details_sent, status, reviewer_id, created_at, updated_at)
            VALUES (:id, :kind, :element, :tenant, :resource, :instance, :role, :requester,
                    :reason, :details, 'pending', '', :now, :now)
            """;
    private static final String BY_ID = "SELECT * FROM request WHERE kind = :kind AND id = :id";
    private static final String DECIDE = """
            UPDATE request SET status = :status, role_id = :role, reviewer_id = :reviewer, reviewer_comment = :comment,
                               reviewed_at = :now, updated_at = :now
            WHERE id = :id AND status = 'pending'
            """;
    private static final String CANCEL =
            "UPDATE request SET status = 'canceled', updated_at = :now WHERE id = :id AND status = 'pending'";
    private static final String AMEND = """
            UPDATE request SET role_id = :role, reviewer_comment = :comment, updated_at = :now
            WHERE id = :id AND status = 'pending'
            """;
    private static final String SAME_PENDING = """
            SELECT COUNT(*) FROM request
            WHERE kind = :kind AND status = 'pending' AND requester_id = :requester AND tenant_id = :tenant
              AND instance_id = :instance AND role_id = :role AND resource_id = :resource
            """;
    /** An upper role reviews everything, a lower one whatever does not ask for an upper role. */
    private static final String REVIEWED_BY_ACTOR = """
            EXISTS (SELECT 1 FROM assignment a
                    WHERE a.user_id = :actor AND a.tenant_id = r.tenant_id
                      AND (a.instance_id = r.instance_id OR (:tenantWide AND a.instance_id = ''))
                      AND (a.role_id IN (<upper>)
                           OR (a.role_id IN (<lower>) AND r.role_id NOT IN (<upper>))))
            """;

    private static final String MAY_REVIEW = "SELECT COUNT(*) FROM request r WHERE r.id = :id AND " + REVIEWED_BY_ACTOR;
    private static final String CONDITION = """
            FROM request r LEFT JOIN entity role ON role.id = r.role_id
            WHERE r.kind = :kind AND r.tenant_id = :tenant
              AND (:element = '' OR r.element_id = :element)
              AND (:status = '' OR r.status = :status)
              AND (:role = '' OR r.role_id = :role OR role.item_key = :role)
              AND (:resource = '' OR r.resource_id = :resource)
              AND (:instance = '' OR r.instance_id IN (<instances>))
              AND (r.requester_id = :actor OR
            """ + REVIEWED_BY_ACTOR + ")\n";
    private static final String LIST = "SELECT r.* " + CONDITION + "ORDER BY r.seq DESC LIMIT :limit OFFSET :offset";
    private static final String COUNT = "SELECT COUNT(*) " + CONDITION;

    private final Tx tx;
    private final Handle handle;

    Requests(Tx tx) {
        this.tx = tx;
        this.handle = tx.handle();
    }

    /**
     * Who looks: the reviewing roles that count for them.
     *
     * @param tenantWide whether a role held in the whole tenant reviews requests on its instances
     */
    record Viewer(String actorId, List<String> upperRoles, List<String> lowerRoles, boolean tenantWide) {}

    /** What a list is narrowed to; empty narrows nothing. The instance text may name several things, so it brings ids. */
    record Filter(
            RequestKind kind,
            String elementId,
            String tenantId,
            String status,
            String role,
            String resourceId,
            String instance,
            List<String> instanceIds) {}

    void insert(RequestRow row) {
        handle.createUpdate(INSERT)
                .bind("id", row.id())
                .bind("kind", row.kind().name())
                .bind("element", row.elementId())
                .bind("tenant", row.tenantId())
                .bind("resource", row.resourceId())
                .bind("instance", row.instanceId())
                .bind("role", row.roleId())
                .bind("requester", row.requesterId())
                .bind("reason", row.reason())
                .bind("details", row.detailsSent())
                .bind("now", row.createdAt())
                .execute();
    }

    Optional<RequestRow> find(RequestKind kind, String id) {
        return handle.createQuery(BY_ID)
                .bind("kind", kind.name())
                .bind("id", id)
                .map(Requests::row)
                .findOne();
    }

    boolean samePending(RequestRow row) {
        return handle.createQuery(SAME_PENDING)
                        .bind("kind", row.kind().name())
                        .bind("requester", row.requesterId())
                        .bind("tenant", row.tenantId())
                        .bind("instance", row.instanceId())
                        .bind("role", row.roleId())
                        .bind("resource", row.resourceId())
                        .mapTo(Long.class)
                        .one()
                > 0;
    }

    /** A decision; false when the request was no longer pending. */
    boolean decide(RequestRow row, String status, String roleId, String reviewerId, @Nullable String comment) {
        return handle.createUpdate(DECIDE)
                        .bind("id", row.id())
                        .bind("status", status)
                        .bind("role", roleId)
                        .bind("reviewer", reviewerId)
                        .bind("comment", comment)
                        .bind("now", tx.now())
                        .execute()
                == 1;
    }

    boolean cancel(RequestRow row) {
        return handle.createUpdate(CANCEL)
                        .bind("id", row.id())
                        .bind("now", tx.now())
                        .execute()
                == 1;
    }

    boolean amend(RequestRow row, String roleId, @Nullable String comment) {
        return handle.createUpdate(AMEND)
                        .bind("id", row.id())
                        .bind("role", roleId)
                        .bind("comment", comment)
                        .bind("now", tx.now())
                        .execute()
                == 1;
    }

    boolean mayReview(RequestRow row, Viewer viewer) {
        return see(handle.createQuery(MAY_REVIEW), viewer)
                        .bind("id", row.id())
                        .mapTo(Long.class)
                        .one()
                > 0;
    }

    List<RequestRow> list(Filter filter, Viewer viewer, Paging paging) {
        return see(narrow(handle.createQuery(LIST), filter), viewer)
                .bind("limit", paging.perPage())
                .bind("offset", paging.offset())
                .map(Requests::row)
                .list();
    }

    long count(Filter filter, Viewer viewer) {
        return see(narrow(handle.createQuery(COUNT), filter), viewer)
                .mapTo(Long.class)
                .one();
    }

    private static Query see(Query query, Viewer viewer) {
        return query.bind("actor", viewer.actorId())
                .bind("tenantWide", viewer.tenantWide())
                .bindList("upper", orNobody(viewer.upperRoles()))
                .bindList("lower", orNobody(viewer.lowerRoles()));
    }

    private static Query narrow(Query query, Filter filter) {
        return query.bind("kind", filter.kind().name())
                .bind("element", filter.elementId())
                .bind("tenant", filter.tenantId())
                .bind("status", filter.status())
                .bind("role", filter.role())
                .bind("resource", filter.resourceId())
                .bind("instance", filter.instance())
                .bindList("instances", orNobody(filter.instanceIds()));
    }

    /** SQL knows no empty list; no id is a dash. */
    private static List<String> orNobody(List<String> ids) {
        return ids.isEmpty() ? List.of("-") : ids;
    }

    private static RequestRow row(ResultSet row, StatementContext context) throws SQLException {
        long reviewedAt = row.getLong("reviewed_at");
        boolean reviewed = !row.wasNull();
        return new RequestRow(
                row.getString("id"),
                RequestKind.valueOf(row.getString("kind")),
                row.getString("element_id"),
                row.getString("tenant_id"),
                row.getString("resource_id"),
                row.getString("instance_id"),
                row.getString("role_id"),
                row.getString("requester_id"),
                row.getString("reason"),
                row.getString("details_sent"),
                row.getString("status"),
                row.getString("reviewer_id"),
                row.getString("reviewer_comment"),
                reviewed ? reviewedAt : null,
                row.getLong("created_at"),
                row.getLong("updated_at"));
    }
}
