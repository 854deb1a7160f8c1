package dev.countersign.emulator;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.Update;

/**
 * Who holds which role where, and who is a member of which tenant. A change reaches the PDP when its lag has passed: a new
 * row carries the moment from which the PDP sees it, a removed one leaves a residue that the PDP goes on seeing.
 */
final class Assignments {
    private static final String INSERT = """
            INSERT INTO assignment (id, user_id, role_id, tenant_id, instance_id, created_at, pdp_from)
            VALUES (:id, :user, :role, :tenant, :instance, :now, :from)
            """;
    private static final String FIND = """
            SELECT * FROM assignment
            WHERE user_id = :user AND role_id = :role AND tenant_id = :tenant AND instance_id = :instance
            """;
    private static final String LEAVE_RESIDUE = """
            INSERT INTO residue (user_id, role_id, tenant_id, instance_id, pdp_from, pdp_until)
            SELECT user_id, role_id, tenant_id, instance_id, pdp_from, CAST(:until AS BIGINT)
            FROM assignment WHERE id = :id AND pdp_from < :until
            """;
    private static final String SWEEP = "DELETE FROM residue WHERE pdp_until <= :now";
    private static final String DELETE = "DELETE FROM assignment WHERE id = :id";
    private static final String CONDITION = """
            FROM assignment a
            JOIN entity u ON u.id = a.user_id
            JOIN entity r ON r.id = a.role_id
            LEFT JOIN entity i ON i.id = a.instance_id
            WHERE (:user = '' OR a.user_id = :user)
              AND (:tenant = '' OR a.tenant_id = :tenant)
              AND (:role = '' OR r.id = :role OR r.item_key = :role)
              AND (:instance = '' OR a.instance_id = :instance)
              AND (:resource = '' OR i.scope = :resource)
            """;
    private static final String LIST = "SELECT a.* " + CONDITION + "ORDER BY a.seq LIMIT :limit OFFSET :offset";
    private static final String COUNT = "SELECT COUNT(*) " + CONDITION;
    private static final String OF_ANY = """
            SELECT * FROM assignment
            WHERE user_id = :id OR role_id = :id OR tenant_id = :id OR instance_id = :id
            """;
    private static final String JOIN_TENANT = "MERGE INTO member (user_id, tenant_id) VALUES (:user, :tenant)";
    private static final String LEAVE_TENANT = "DELETE FROM member WHERE user_id = :user AND tenant_id = :tenant";
    private static final String FORGET_MEMBER = "DELETE FROM member WHERE user_id = :id OR tenant_id = :id";
    private static final String TENANTS_OF = """
            SELECT tenant_id FROM member WHERE user_id = :user
            UNION SELECT tenant_id FROM assignment WHERE user_id = :user
            """;

    private final Tx tx;
    private final Handle handle;

    Assignments(Tx tx) {
        this.tx = tx;
        this.handle = tx.handle();
    }

    /** A role held; the instance is empty for a tenant role. */
    record Grant(String userId, String roleId, String tenantId, String instanceId) {}

    record Row(String id, Grant grant, long createdAt) {}

    /** Empty text narrows nothing; a role is matched by id or key. */
    record Filter(String userId, String role, String tenantId, String instanceId, String resourceId) {
        static Filter ofUser(String userId) {
            return new Filter(userId, "", "", "", "");
        }
    }

    /** Empty when the role is held already. */
    Optional<Row> add(Grant grant) {
        if (find(grant).isPresent()) {
            return Optional.empty();
        }
        String id = tx.freshId();
        bind(grant, handle.createUpdate(INSERT))
                .bind("id", id)
                .bind("now", tx.now())
                .bind("from", seenFrom())
                .execute();
        return Optional.of(new Row(id, grant, tx.now()));
    }

    Optional<Row> find(Grant grant) {
        return handle.createQuery(FIND)
                .bind("user", grant.userId())
                .bind("role", grant.roleId())
                .bind("tenant", grant.tenantId())
                .bind("instance", grant.instanceId())
                .map(Assignments::row)
                .findOne();
    }

    private static Update bind(Grant grant, Update update) {
        return update.bind("user", grant.userId())
                .bind("role", grant.roleId())
                .bind("tenant", grant.tenantId())
                .bind("instance", grant.instanceId());
    }

    /** False when the role is not held. */
    boolean remove(Grant grant) {
        Optional<Row> row = find(grant);
        row.ifPresent(this::delete);
        return row.isPresent();
    }

    private void delete(Row row) {
        long until = seenFrom();
        if (until > tx.now()) {
            handle.createUpdate(LEAVE_RESIDUE)
                    .bind("id", row.id())
                    .bind("until", until)
                    .execute();
        }
        handle.createUpdate(SWEEP).bind("now", tx.now()).execute();
        handle.createUpdate(DELETE).bind("id", row.id()).execute();
    }

    private long seenFrom() {
        Switches switches = tx.switches();
        return switches.pdpFrozen() ? Long.MAX_VALUE : tx.now() + switches.pdpLagMillis();
    }

    List<Row> list(Filter filter, Paging paging) {
        return narrow(handle.createQuery(LIST), filter)
                .bind("limit", paging.perPage())
                .bind("offset", paging.offset())
                .map(Assignments::row)
                .list();
    }

    List<Row> every(Filter filter) {
        return list(filter, new Paging(1, Integer.MAX_VALUE));
    }

    long count(Filter filter) {
        return narrow(handle.createQuery(COUNT), filter).mapTo(Long.class).one();
    }

    private static Query narrow(Query query, Filter filter) {
        return query.bind("user", filter.userId())
                .bind("role", filter.role())
                .bind("tenant", filter.tenantId())
                .bind("instance", filter.instanceId())
                .bind("resource", filter.resourceId());
    }

    /** Removes what refers to a user, role, tenant or instance that goes away. */
    void forget(String id) {
        handle.createQuery(OF_ANY).bind("id", id).map(Assignments::row).list().forEach(this::delete);
        handle.createUpdate(FORGET_MEMBER).bind("id", id).execute();
    }

    void join(String userId, String tenantId) {
        handle.createUpdate(JOIN_TENANT)
                .bind("user", userId)
                .bind("tenant", tenantId)
                .execute();
    }

    /** Ends membership, roles in the tenant included; false when there was none. */
    boolean leave(String userId, String tenantId) {
        boolean member = tenantsOf(userId).contains(tenantId);
        every(new Filter(userId, "", tenantId, "", "")).forEach(this::delete);
        handle.createUpdate(LEAVE_TENANT)
                .bind("user", userId)
                .bind("tenant", tenantId)
                .execute();
        return member;
    }

    /** The tenants a user was added to or holds a role in. */
    List<String> tenantsOf(String userId) {
        return handle.createQuery(TENANTS_OF)
                .bind("user", userId)
                .mapTo(String.class)
                .list();
    }

    private static Row row(ResultSet row, StatementContext context) throws SQLException {
        Grant grant = new Grant(
                row.getString("user_id"),
                row.getString("role_id"),
                row.getString("tenant_id"),
                row.getString("instance_id"));
        return new Row(row.getString("id"), grant, row.getLong("created_at"));
    }
}
