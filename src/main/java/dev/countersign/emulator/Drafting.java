package dev.countersign.emulator;

import dev.countersign.emulator.RequestDesk.Draft;
import java.util.Optional;

/** Reads what a request asks for, and refuses what its element does not offer. */
final class Drafting {
    private final Tx tx;
    private final Element element;
    private final Entity tenant;

    Drafting(Tx tx, Element element, Entity tenant) {
        this.tx = tx;
        this.element = element;
        this.tenant = tenant;
    }

    Draft read(RequestKind kind, Fields details) {
        boolean access = kind == RequestKind.ACCESS_REQUEST;
        String resourceId = resourceId(kind, details);
        String instanceReference = details.optional("resource_instance");
        if (access && element.onInstances() && instanceReference.isEmpty()) {
            throw ApiError.missing("resource_instance");
        }
        Optional<Entity> instance =
                instanceReference.isEmpty() ? Optional.empty() : Optional.of(instance(instanceReference, resourceId));
        String roleId = access ? offeredRole(details.required("role")) : "";
        return new Draft(
                instance.map(Entity::scope).orElse(resourceId),
                instance.map(Entity::id).orElse(""),
                roleId);
    }

    private String resourceId(RequestKind kind, Fields details) {
        boolean access = kind == RequestKind.ACCESS_REQUEST;
        String reference = access ? details.optional("resource") : details.required("resource");
        if (reference.isEmpty()) {
            return element.onInstances() ? element.resourceId() : "";
        }
        String resourceId = tx.lookup().resource(reference).id();
        if (access && element.onInstances() && !resourceId.equals(element.resourceId())) {
            throw ApiError.of(
                    422,
                    "INVALID_INPUT",
                    element.entity().label() + " hands out roles of another resource than '" + reference + "'");
        }
        return resourceId;
    }

    private Entity instance(String reference, String resourceId) {
        Entity instance = tx.lookup()
                .findInstance(reference, resourceId)
                .filter(found -> resourceId.isEmpty() || found.scope().equals(resourceId))
                .orElseThrow(() -> ApiError.notFound(Kind.INSTANCE.label(), reference));
        if (!instance.tenantId().equals(tenant.id())) {
            throw ApiError.of(
                    422,
                    "MISMATCH_RESOURCE_INSTANCES_TENANTS",
                    instance.label() + " does not belong to tenant '" + tenant.key() + "'");
        }
        return instance;
    }

    /** The id of a role that the element lets people ask for. */
    String offeredRole(String reference) {
        Entity role = tx.lookup().role(element.onInstances() ? element.resourceId() : "", reference);
        if (!element.offers(role.id())) {
            throw ApiError.of(
                    tx.switches().roleNotAssignableStatus(),
                    "FORBIDDEN_ACCESS",
                    element.entity().label() + " does not offer role '" + role.key() + "'");
        }
        return role.id();
    }
}
