package dev.countersign.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;

/**
 * What the PDP decides from: the roles it can see at this moment. A tenant role grants {@code type:action} in its tenant;
 * a resource role grants its actions on the one instance it is held on. Nothing else grants anything.
 */
final class Policy {
    private static final String SEEN = """
            FROM (SELECT user_id, role_id, tenant_id, instance_id FROM assignment WHERE pdp_from <= :now
                  UNION
                  SELECT user_id, role_id, tenant_id, instance_id FROM residue
                  WHERE pdp_from <= :now AND pdp_until > :now) a
            JOIN entity u ON u.id = a.user_id
            JOIN entity r ON r.id = a.role_id
            JOIN entity t ON t.id = a.tenant_id
            LEFT JOIN entity i ON i.id = a.instance_id
            LEFT JOIN entity k ON k.id = i.scope
            """;
    private static final String COLUMNS = """
            SELECT u.item_key AS user_key, r.item_key AS role_key, r.body AS role_body, t.item_key AS tenant_key,
                   t.body AS tenant_body, i.item_key AS instance_key, i.body AS instance_body, k.item_key AS type_key
            """;
    private static final String OF_USER = COLUMNS + SEEN
            + "WHERE a.user_id = :user AND (:all OR i.item_key IS NULL OR i.item_key = :instance)\nORDER BY t.seq, i.seq, r.seq";
    private static final String OF_ALL =
            COLUMNS + SEEN + "WHERE t.item_key = :tenant AND (i.item_key IS NULL OR i.item_key = :instance)\n"
                    + "ORDER BY u.seq, r.seq";
    private static final String FLUSH_NEW = "UPDATE assignment SET pdp_from = 0 WHERE pdp_from > 0";
    private static final String FLUSH_OLD = "DELETE FROM residue";

    private final Tx tx;

    Policy(Tx tx) {
        this.tx = tx;
    }

    /**
     * A role as the PDP sees it held; type and instance are empty for a tenant role.
     *
     * @param permissions as the role lists them: actions, or {@code type:action}
     */
    record Seen(
            String user,
            String role,
            String tenant,
            String type,
            String instance,
            Set<String> permissions,
            ObjectNode tenantAttributes,
            ObjectNode instanceAttributes) {
        boolean onInstance() {
            return !type.isEmpty();
        }

        boolean grants(Question question) {
            if (!tenant.equals(question.tenant())) {
                return false;
            }
            if (!onInstance()) {
                return permissions.contains(question.type() + ":" + question.action());
            }
            return type.equals(question.type())
                    && instance.equals(question.key())
                    && named().contains(question.type() + ":" + question.action());
        }

        /** The permissions as {@code type:action}. */
        Set<String> named() {
            Set<String> named = new TreeSet<>();
            permissions.forEach(
                    each -> named.add(!onInstance() || each.startsWith(type + ":") ? each : type + ":" + each));
            return named;
        }
    }

    /** What is asked; the key is empty for a question about the type. */
    record Question(String user, String action, String type, String key, String tenant) {}

    boolean allows(Question question) {
        return !question.action().isEmpty()
                && !question.type().isEmpty()
                && ofUser(question.user(), false, question.key()).stream().anyMatch(seen -> seen.grants(question));
    }

    /** Every role of the user with that key; nobody else's ever. */
    List<Seen> ofUser(String key) {
        return ofUser(key, true, "");
    }

    private List<Seen> ofUser(String key, boolean all, String instance) {
        return tx.lookup()
                .findUserByKey(key)
                .map(user -> tx.handle()
                        .createQuery(OF_USER)
                        .bind("now", tx.now())
                        .bind("user", user.id())
                        .bind("all", all)
                        .bind("instance", instance)
                        .map((row, context) -> seen(row))
                        .list())
                .orElse(List.of());
    }

    List<Seen> granting(Question question) {
        return tx
                .handle()
                .createQuery(OF_ALL)
                .bind("now", tx.now())
                .bind("tenant", question.tenant())
                .bind("instance", question.key())
                .map((row, context) -> seen(row))
                .list()
                .stream()
                .filter(each -> each.grants(question))
                .toList();
    }

    private static Seen seen(ResultSet row) throws SQLException {
        ObjectNode role = (ObjectNode) Json.read(row.getString("role_body"));
        String type = row.getString("type_key");
        String instanceBody = row.getString("instance_body");
        return new Seen(
                row.getString("user_key"),
                row.getString("role_key"),
                row.getString("tenant_key"),
                type == null ? "" : type,
                type == null ? "" : row.getString("instance_key"),
                new TreeSet<>(new Fields(role).texts("permissions")),
                attributes(row.getString("tenant_body")),
                instanceBody == null ? Json.object() : attributes(instanceBody));
    }

    private static ObjectNode attributes(String body) {
        return new Fields((ObjectNode) Json.read(body)).object("attributes");
    }

    /** Lets the PDP see everything. */
    static void flush(Handle handle) {
        handle.createUpdate(FLUSH_NEW).execute();
        handle.createUpdate(FLUSH_OLD).execute();
    }
}
