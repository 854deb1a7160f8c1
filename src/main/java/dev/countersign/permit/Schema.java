package dev.countersign.permit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Role and resource ids turned into keys. The schema is read once and kept; an id it does not know makes it be read anew, at
 * most once a minute, since roles are added rarely and an unknown id must not cost a look-up each time. When the key may not
 * read the schema, ids stay ids. Thread-safe.
 */
final class Schema {
    private static final Duration AGE_MIN = Duration.ofMinutes(1);

    /** What was read, and when. */
    private record Known(String resourceId, Map<String, String> roles, Deadline fresh) {}

    private final Rest rest;
    private final Place place;
    private volatile @Nullable Known known;

    Schema(Rest rest, Place place) {
        this.rest = rest;
        this.place = place;
    }

    /** The role's key when it can be told, else the text as it is. */
    String roleKey(String keyOrId, Deadline deadline) {
        if (!Keys.isUuid(keyOrId)) {
            return keyOrId;
        }
        Known now = known;
        if (now == null || (!now.roles.containsKey(keyOrId) && now.fresh.left().isZero())) {
            now = read(deadline);
        }
        return now.roles.getOrDefault(keyOrId, keyOrId);
    }

    /** Whether the text, a key or id of a resource type as Permit sent it, may be the configured one. */
    boolean isOurResource(String keyOrId, Deadline deadline) {
        if (!Keys.isUuid(keyOrId)) {
            return keyOrId.equals(place.resource());
        }
        Known now = known == null ? read(deadline) : known;
        return now == null || now.resourceId.isEmpty() || now.resourceId.equals(keyOrId);
    }

    private synchronized Known read(Deadline deadline) {
        Known now = known;
        if (now != null && !now.fresh.left().isZero()) {
            return now;
        }
        Map<String, String> roles = new HashMap<>();
        JsonNode resource = lookUp("read the resource type", "resources", place.resource(), deadline);
        resource.path("roles")
                .properties()
                .forEach(role -> roles.put(role.getValue().path("id").asText(""), role.getKey()));
        JsonNode tenantRoles = lookUp("read the roles", "roles", null, deadline);
        for (JsonNode role : tenantRoles.isArray() ? tenantRoles : tenantRoles.path("data")) {
            roles.put(role.path("id").asText(""), role.path("key").asText(""));
        }
        roles.values().removeIf(String::isEmpty);
        Known read = new Known(resource.path("id").asText(""), Map.copyOf(roles), Deadline.in(AGE_MIN));
        known = read;
        return read;
    }

    private JsonNode lookUp(String what, String kind, @Nullable String key, Deadline deadline) {
        RestCall.Path path = RestCall.get(what, place.schema()).at(kind);
        RestCall call = (key == null ? path.with("per_page", 100) : path.at(key)).end();
        Answer answer = rest.send(call, deadline);
        if (answer.ok()) {
            return answer.jsonOrMissing();
        }
        if (answer.status() == 401 || answer.status() == 403 || answer.status() == 404) {
            return Json.object();
        }
        throw rest.failed(call, answer);
    }
}
