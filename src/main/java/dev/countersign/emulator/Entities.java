package dev.countersign.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;

/** The catalogue's rows. */
final class Entities {
    private static final String INSERT = """
            INSERT INTO entity (id, kind, scope, item_key, tenant_id, body, created_at, updated_at)
            VALUES (:id, :kind, :scope, :key, :tenant, :body, :now, :now)
            """;
    private static final String UPDATE = "UPDATE entity SET body = :body, updated_at = :now WHERE id = :id";
    private static final String BY_ID = "SELECT * FROM entity WHERE kind = :kind AND id = :id";
    private static final String BY_KEY =
            "SELECT * FROM entity WHERE kind = :kind AND scope = :scope AND item_key = :key";
    private static final String BY_ALIAS = """
            SELECT e.* FROM alias a JOIN entity e ON e.id = a.user_id
            WHERE a.alias = :alias
            """;
    private static final String CONDITION = """
            WHERE e.kind = :kind
              AND (:scope = '*' OR e.scope = :scope)
              AND (:tenant = '' OR e.tenant_id = :tenant)
              AND (:search = '' OR LOCATE(:search, LOWER(e.item_key)) > 0
                   OR LOCATE(:search, LOWER(CAST(e.body AS VARCHAR(100000)))) > 0)
              AND (:holding = '' OR EXISTS (
                   SELECT 1 FROM assignment a JOIN entity r ON r.id = a.role_id
                   WHERE a.user_id = e.id AND (r.item_key = :holding OR r.id = :holding)))
              AND (:memberOf = ''
                   OR EXISTS (SELECT 1 FROM member m WHERE m.user_id = e.id AND m.tenant_id = :memberOf)
                   OR EXISTS (SELECT 1 FROM assignment a WHERE a.user_id = e.id AND a.tenant_id = :memberOf))
            """;
    private static final String LIST =
            "SELECT e.* FROM entity e\n" + CONDITION + "ORDER BY e.seq LIMIT :limit OFFSET :offset";
    private static final String COUNT = "SELECT COUNT(*) FROM entity e\n" + CONDITION;
    private static final String DELETE = "DELETE FROM entity WHERE id = :id";

    private static final int LONGEST_KEY = 500;

    private final Tx tx;
    private final Handle handle;

    Entities(Tx tx) {
        this.tx = tx;
        this.handle = tx.handle();
    }

    /** What a list is narrowed to; empty text narrows nothing, a scope of {@code *} takes every scope. */
    record Filter(Kind kind, String scope, String tenantId, String search, String holding, String memberOf) {
        static Filter all(Kind kind) {
            return new Filter(kind, "*", "", "", "", "");
        }

        static Filter inScope(Kind kind, String scope) {
            return new Filter(kind, scope, "", "", "", "");
        }
    }

    /** Adds a row; 409 when the key is taken. */
    Entity insert(String id, Kind kind, String scope, String key, String tenantId, ObjectNode body) {
        if (key.length() > LONGEST_KEY) {
            throw ApiError.invalid(
                    "body", "key", "ensure this value has at most " + LONGEST_KEY + " characters", "value_error");
        }
        if (byKey(kind, scope, key).isPresent()) {
            throw ApiError.duplicate(kind.label(), key);
        }
        handle.createUpdate(INSERT)
                .bind("id", id)
                .bind("kind", kind.name())
                .bind("scope", scope)
                .bind("key", key)
                .bind("tenant", tenantId)
                .bind("body", body.toString())
                .bind("now", tx.now())
                .execute();
        return new Entity(id, kind, scope, key, tenantId, body, tx.now(), tx.now());
    }

    Entity update(Entity entity, ObjectNode body) {
        handle.createUpdate(UPDATE)
                .bind("id", entity.id())
                .bind("body", body.toString())
                .bind("now", tx.now())
                .execute();
        return new Entity(
                entity.id(),
                entity.kind(),
                entity.scope(),
                entity.key(),
                entity.tenantId(),
                body,
                entity.createdAt(),
                tx.now());
    }

    void delete(Entity entity) {
        handle.createUpdate(DELETE).bind("id", entity.id()).execute();
    }

    Optional<Entity> byId(Kind kind, String id) {
        return handle.createQuery(BY_ID)
                .bind("kind", kind.name())
                .bind("id", id)
                .map(Entities::row)
                .findOne();
    }

    Optional<Entity> byKey(Kind kind, String scope, String key) {
        return handle.createQuery(BY_KEY)
                .bind("kind", kind.name())
                .bind("scope", scope)
                .bind("key", key)
                .map(Entities::row)
                .findOne();
    }

    Optional<Entity> userByAlias(String alias) {
        return handle.createQuery(BY_ALIAS)
                .bind("alias", alias)
                .map(Entities::row)
                .findOne();
    }

    List<Entity> list(Filter filter, Paging paging) {
        return narrow(handle.createQuery(LIST), filter)
                .bind("limit", paging.perPage())
                .bind("offset", paging.offset())
                .map(Entities::row)
                .list();
    }

    /** Everything the filter takes; for kinds that are few by nature, such as roles of one resource. */
    List<Entity> every(Filter filter) {
        return list(filter, new Paging(1, Integer.MAX_VALUE));
    }

    long count(Filter filter) {
        return narrow(handle.createQuery(COUNT), filter).mapTo(Long.class).one();
    }

    private static Query narrow(Query query, Filter filter) {
        return query.bind("kind", filter.kind().name())
                .bind("scope", filter.scope())
                .bind("tenant", filter.tenantId())
                .bind("search", filter.search().toLowerCase(Locale.ROOT))
                .bind("holding", filter.holding())
                .bind("memberOf", filter.memberOf());
    }

    private static Entity row(ResultSet row, StatementContext context) throws SQLException {
        return new Entity(
                row.getString("id"),
                Kind.valueOf(row.getString("kind")),
                row.getString("scope"),
                row.getString("item_key"),
                row.getString("tenant_id"),
                (ObjectNode) Json.read(row.getString("body")),
                row.getLong("created_at"),
                row.getLong("updated_at"));
    }
}
