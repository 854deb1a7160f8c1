package dev.countersign.emulator;

import dev.countersign.emulator.Assignments.Grant;
import dev.countersign.emulator.Assignments.Row;
import java.util.Optional;

/** Giving and taking roles, the same from every route. */
final class Grants {
    private final Tx tx;

    Grants(Tx tx) {
        this.tx = tx;
    }

    /** What {@code {role, tenant?, resource_instance?}} means for a user; what it names must exist. */
    Grant resolve(Entity user, Fields body) {
        Lookup lookup = tx.lookup();
        String role = body.required("role");
        String tenantReference = body.optional("tenant");
        String instanceReference = body.optional("resource_instance");
        if (instanceReference.isEmpty()) {
            if (tenantReference.isEmpty()) {
                throw ApiError.missing("tenant");
            }
            Entity tenant = lookup.tenant(tenantReference);
            return new Grant(user.id(), lookup.role("", role).id(), tenant.id(), "");
        }
        Entity instance = lookup.instance(instanceReference);
        if (!tenantReference.isEmpty() && !lookup.tenant(tenantReference).id().equals(instance.tenantId())) {
            throw ApiError.of(
                    422,
                    "MISMATCH_RESOURCE_INSTANCES_TENANTS",
                    instance.label() + " does not belong to tenant '" + tenantReference + "'");
        }
        String roleId = lookup.role(instance.scope(), role).id();
        return new Grant(user.id(), roleId, instance.tenantId(), instance.id());
    }

    /** Assigns; a role already held is answered with the assignment there is, or 409 when so switched. */
    Row assign(Grant grant) {
        Optional<Row> added = tx.assignments().add(grant);
        if (added.isPresent()) {
            tx.ledger().record("api-key", "role assigned", describe(grant));
            return added.get();
        }
        if (tx.switches().duplicateAssignment409()) {
            throw ApiError.duplicate("RoleAssignment", describe(grant));
        }
        return tx.assignments().find(grant).orElseThrow(() -> new IllegalStateException("held, but not found"));
    }

    /** Takes a role away; 404 when it is not held. */
    void unassign(Grant grant) {
        if (!tx.assignments().remove(grant)) {
            throw ApiError.notFound("RoleAssignment", describe(grant));
        }
        tx.ledger().record("api-key", "role removed", describe(grant));
    }

    String describe(Grant grant) {
        Entities entities = tx.entities();
        String user = entities.byId(Kind.USER, grant.userId()).map(Entity::key).orElse(grant.userId());
        String where = entities.byId(Kind.INSTANCE, grant.instanceId())
                .map(instance -> tx.views().resourceKey(instance.scope()) + ":" + instance.key())
                .orElseGet(() -> "tenant "
                        + tx.entities()
                                .byId(Kind.TENANT, grant.tenantId())
                                .map(Entity::key)
                                .orElse(grant.tenantId()));
        return user + " " + tx.lookup().roleKey(grant.roleId()) + " on " + where;
    }
}
