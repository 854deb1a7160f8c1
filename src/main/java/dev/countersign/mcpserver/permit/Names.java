package dev.countersign.mcpserver.permit;

import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitException;
import dev.countersign.permit.PermitUser;
import dev.countersign.permit.ResourceInstance;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The names behind the ids of one answer, each looked up once. A name is decoration: when it cannot be had the answer is
 * given without it. For one call and one thread.
 */
final class Names {
    private final Permit permit;
    private final Map<String, Optional<PermitUser>> users = new HashMap<>();
    private final Map<String, Optional<String>> instances = new HashMap<>();

    Names(Permit permit) {
        this.permit = permit;
    }

    Optional<PermitUser> user(String keyOrId) {
        return users.computeIfAbsent(keyOrId, this::lookedUp);
    }

    private Optional<PermitUser> lookedUp(String keyOrId) {
        try {
            return permit.user(keyOrId);
        } catch (PermitException e) {
            return Optional.empty();
        }
    }

    /** Whether the Permit id is this user's; unknown means no. */
    boolean isUser(String id, String key) {
        return id.equals(key) || user(key).map(user -> user.id().equals(id)).orElse(false);
    }

    Map<String, Object> person(String id, @Nullable String nameFromList) {
        Optional<PermitUser> user = user(id);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id);
        user.ifPresent(known -> json.put("key", known.key()));
        json.put(
                "name",
                user.map(PermitUser::displayName)
                        .orElse(nameFromList == null || nameFromList.isBlank() ? "unknown user" : nameFromList));
        return json;
    }

    Optional<String> instance(String key) {
        return instances.computeIfAbsent(key, given -> {
            try {
                return permit.instance(given).map(ResourceInstance::displayName);
            } catch (PermitException e) {
                return Optional.empty();
            }
        });
    }
}
