package dev.countersign.emulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Turns an id, a key or an alias from a client into the thing it names; what it does not know is a 404. */
final class Lookup {
    private static final Pattern UUID_FORM =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private final Entities entities;

    Lookup(Tx tx) {
        this.entities = tx.entities();
    }

    static boolean isUuid(String text) {
        return UUID_FORM.matcher(text).matches();
    }

    /** A real key wins over an alias. */
    Optional<Entity> findUser(String reference) {
        return find(Kind.USER, "", reference).or(() -> entities.userByAlias(reference));
    }

    /** By key or alias, as the PDP knows users; an id is nobody there. */
    Optional<Entity> findUserByKey(String key) {
        return entities.byKey(Kind.USER, "", key).or(() -> entities.userByAlias(key));
    }

    Entity user(String reference) {
        return findUser(reference).orElseThrow(() -> ApiError.notFound("User", reference));
    }

    Entity tenant(String reference) {
        return require(Kind.TENANT, "", reference);
    }

    Optional<Entity> findTenant(String reference) {
        return find(Kind.TENANT, "", reference);
    }

    Entity resource(String reference) {
        return require(Kind.RESOURCE, "", reference);
    }

    Optional<Entity> findResource(String reference) {
        return find(Kind.RESOURCE, "", reference);
    }

    Entity element(String reference) {
        return require(Kind.ELEMENT, "", reference);
    }

    /** A role of the resource with that id, or a tenant role when the id is empty. */
    Entity role(String resourceId, String reference) {
        return require(Kind.ROLE, resourceId, reference);
    }

    Optional<Entity> findRole(String resourceId, String reference) {
        return find(Kind.ROLE, resourceId, reference);
    }

    Optional<Entity> anyRole(String id) {
        return entities.byId(Kind.ROLE, id);
    }

    String roleKey(String roleId) {
        return entities.byId(Kind.ROLE, roleId).map(Entity::key).orElse("");
    }

    /** By {@code type:key} or UUID, as instance paths and role assignments take it. */
    Entity instance(String reference) {
        return findInstance(reference, "").orElseThrow(() -> ApiError.notFound("ResourceInstance", reference));
    }

    /** By {@code type:key}, UUID, or a bare key of the resource with that id (none when the id is empty). */
    Optional<Entity> findInstance(String reference, String resourceId) {
        if (isUuid(reference)) {
            Optional<Entity> byId = entities.byId(Kind.INSTANCE, reference);
            if (byId.isPresent()) {
                return byId;
            }
        }
        int colon = reference.indexOf(':');
        if (colon > 0) {
            Optional<Entity> typed = findResource(reference.substring(0, colon))
                    .flatMap(resource -> entities.byKey(Kind.INSTANCE, resource.id(), reference.substring(colon + 1)));
            if (typed.isPresent()) {
                return typed;
            }
        }
        return resourceId.isEmpty() ? Optional.empty() : entities.byKey(Kind.INSTANCE, resourceId, reference);
    }

    /** The ids a list filter means: a bare key may name an instance of every resource. */
    List<String> instanceIds(String reference) {
        List<String> ids = new ArrayList<>();
        for (Entity resource : entities.every(Entities.Filter.all(Kind.RESOURCE))) {
            findInstance(reference, resource.id()).map(Entity::id).ifPresent(ids::add);
        }
        if (isUuid(reference)) {
            ids.add(reference);
        }
        return ids;
    }

    private Entity require(Kind kind, String scope, String reference) {
        return find(kind, scope, reference).orElseThrow(() -> ApiError.notFound(kind.label(), reference));
    }

    private Optional<Entity> find(Kind kind, String scope, String reference) {
        Optional<Entity> byKey = entities.byKey(kind, scope, reference);
        if (byKey.isPresent() || !isUuid(reference)) {
            return byKey;
        }
        return entities.byId(kind, reference).filter(entity -> entity.scope().equals(scope));
    }
}
