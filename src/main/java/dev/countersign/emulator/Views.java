package dev.countersign.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How things look on the wire: every required field present, absent optional ones {@code null}. */
final class Views {
    private final Tx tx;
    private final Entities entities;
    private final Map<String, Optional<Entity>> named = new HashMap<>();

    Views(Tx tx) {
        this.tx = tx;
        this.entities = tx.entities();
    }

    static void putReference(ObjectNode node, String field, String id) {
        if (id.isEmpty()) {
            node.putNull(field);
        } else {
            node.put(field, id);
        }
    }

    /** Key, id, the common block, and then the kind's own fields. */
    ObjectNode base(Entity entity) {
        ObjectNode node = Json.object().put("key", entity.key()).put("id", entity.id());
        tx.scope().stamp(node);
        node.put("created_at", Scope.date(entity.createdAt()));
        node.put("updated_at", Scope.date(entity.updatedAt()));
        return node.setAll(entity.body());
    }

    ObjectNode tenant(Entity tenant) {
        return base(tenant).put("last_action_at", Scope.date(tenant.updatedAt()));
    }

    ObjectNode user(Entity user) {
        ObjectNode node = base(user);
        ArrayNode roles = node.putArray("roles");
        ArrayNode tenants = node.putArray("associated_tenants");
        List<Assignments.Row> held = tx.assignments().every(Assignments.Filter.ofUser(user.id()));
        for (String tenantId : tx.assignments().tenantsOf(user.id())) {
            Optional<Entity> tenant = entities.byId(Kind.TENANT, tenantId);
            if (tenant.isPresent()) {
                tenants.add(inTenant(tenant.get(), held, roles));
            }
        }
        return node;
    }

    private ObjectNode inTenant(Entity tenant, List<Assignments.Row> held, ArrayNode roles) {
        ObjectNode node = Json.object().put("tenant", tenant.key());
        ArrayNode tenantRoles = node.putArray("roles");
        node.put("status", "active");
        ArrayNode instanceRoles = node.putArray("resource_instance_roles");
        for (Assignments.Row row : held) {
            if (!row.grant().tenantId().equals(tenant.id())) {
                continue;
            }
            String role = tx.lookup().roleKey(row.grant().roleId());
            Optional<Entity> instance = entities.byId(Kind.INSTANCE, row.grant().instanceId());
            if (instance.isPresent()) {
                instanceRoles
                        .addObject()
                        .put("resource", resourceKey(instance.get().scope()))
                        .put("resource_instance", instance.get().key())
                        .put("role", role);
            } else {
                tenantRoles.add(role);
                roles.addObject().put("role", role).put("tenant", tenant.key());
            }
        }
        return node;
    }

    String resourceKey(String resourceId) {
        return entities.byId(Kind.RESOURCE, resourceId).map(Entity::key).orElse("");
    }

    ObjectNode instance(Entity instance) {
        ObjectNode node = base(instance);
        node.put(
                "tenant",
                entities.byId(Kind.TENANT, instance.tenantId()).map(Entity::key).orElse(null));
        node.put("resource", resourceKey(instance.scope()));
        node.put("resource_id", instance.scope());
        putReference(node, "tenant_id", instance.tenantId());
        node.putNull("relationships");
        return node;
    }

    ObjectNode role(Entity role) {
        ObjectNode node = base(role);
        if (!role.scope().isEmpty()) {
            node.put("resource_id", role.scope());
            node.put("resource", resourceKey(role.scope()));
        }
        return node;
    }

    ObjectNode resource(Entity resource) {
        ObjectNode node = base(resource);
        ObjectNode roles = node.putObject("roles");
        for (Entity role : entities.every(Entities.Filter.inScope(Kind.ROLE, resource.id()))) {
            roles.set(role.key(), role(role));
        }
        return node;
    }

    ObjectNode assignment(Assignments.Row row) {
        Assignments.Grant grant = row.grant();
        ObjectNode node = Json.object().put("id", row.id());
        node.put(
                "user",
                entities.byId(Kind.USER, grant.userId()).map(Entity::key).orElse(""));
        node.put("role", tx.lookup().roleKey(grant.roleId()));
        node.put(
                "tenant",
                entities.byId(Kind.TENANT, grant.tenantId()).map(Entity::key).orElse(null));
        Optional<Entity> instance = entities.byId(Kind.INSTANCE, grant.instanceId());
        node.put(
                "resource_instance",
                instance.map(it -> resourceKey(it.scope()) + ":" + it.key()).orElse(null));
        node.put("resource_instance_id", instance.map(Entity::id).orElse(null));
        node.put("user_id", grant.userId()).put("role_id", grant.roleId());
        putReference(node, "tenant_id", grant.tenantId());
        tx.scope().stamp(node);
        return node.put("created_at", Scope.date(row.createdAt()));
    }

    ObjectNode element(Entity element) {
        ObjectNode node = base(element);
        ObjectNode levels = node.putObject("roles_to_levels");
        for (var level : element.body().path("roles_to_levels").properties()) {
            ArrayNode roles = levels.putArray(level.getKey());
            for (JsonNode id : level.getValue()) {
                entities.byId(Kind.ROLE, id.asText()).ifPresent(role -> roles.add(role(role)));
            }
        }
        return node;
    }

    /** A request as a read or a decision shows it. */
    ObjectNode request(RequestRow request) {
        ObjectNode node = Json.object().put("id", request.id());
        tx.scope().stamp(node);
        node.put("created_at", Scope.date(request.createdAt()));
        node.put("updated_at", Scope.date(request.updatedAt()));
        node.put("type", request.kind().type());
        node.put("status", request.status());
        node.put("reason", request.reason());
        node.put("requesting_user_id", request.requesterId());
        putReference(node, "reviewer_user_id", request.reviewerId());
        Long reviewedAt = request.reviewedAt();
        node.put("reviewed_at", reviewedAt == null ? null : Scope.date(reviewedAt));
        node.put("reviewer_comment", request.comment());
        node.set("access_request_details", details(request));
        return node;
    }

    private JsonNode details(RequestRow request) {
        if (tx.switches().detailsAsSent()) {
            return Json.read(request.detailsSent());
        }
        ObjectNode details = Json.object().put("tenant", request.tenantId());
        putReference(details, "resource", request.resourceId());
        putReference(details, "resource_instance", request.instanceId());
        if (request.kind() == RequestKind.ACCESS_REQUEST) {
            details.put("role", request.roleId());
        }
        return details.put("element_config_id", request.elementId());
    }

    /** A request as a list shows it: with who asks and what for, by name. */
    ObjectNode listedRequest(RequestRow request) {
        ObjectNode node = request(request);
        JsonNode requester = named(Kind.USER, request.requesterId())
                .<JsonNode>map(Entity::body)
                .orElseGet(Json::object);
        for (String field : List.of("email", "first_name", "last_name")) {
            node.put("requesting_user_" + field, requester.path(field).textValue());
        }
        if (request.kind() == RequestKind.OPERATION_APPROVAL) {
            node.put(
                    "resource_key",
                    named(Kind.RESOURCE, request.resourceId()).map(Entity::key).orElse(null));
            node.put(
                    "resource_instance_key",
                    named(Kind.INSTANCE, request.instanceId()).map(Entity::key).orElse(null));
        }
        return node;
    }

    /** Of a list of many requests, few users and instances: each is read once for it. */
    private Optional<Entity> named(Kind kind, String id) {
        return named.computeIfAbsent(kind + " " + id, unknown -> entities.byId(kind, id));
    }
}
