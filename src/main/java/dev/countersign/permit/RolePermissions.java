package dev.countersign.permit;

import dev.countersign.permit.SetupPlan.Role;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the roles of a resource may do, as a setup file ({@code *.permit.yaml}) says. Nobody is asked. It knows roles by their names, and
 * not who holds them where. Immutable.
 *
 * @param actions of the resource
 * @param roles role to the actions it permits
 */
public record RolePermissions(Set<String> actions, Map<String, Set<String>> roles) {
    public RolePermissions {
        actions = Set.copyOf(actions);
        Map<String, Set<String>> copy = new HashMap<>();
        roles.forEach((role, permitted) -> copy.put(role, Set.copyOf(permitted)));
        roles = Map.copyOf(copy);
    }

    /**
     * Those of a file.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-310} with file and line when it is no setup file
     */
    public static RolePermissions read(Path file) {
        SetupPlan.Resource resource = SetupFile.read(file).resource();
        Map<String, Set<String>> roles = new HashMap<>();
        for (Map.Entry<String, Role> role : resource.roles().entrySet()) {
            roles.put(role.getKey(), new HashSet<>(role.getValue().permissions()));
        }
        return new RolePermissions(new TreeSet<>(resource.actions()), roles);
    }

    /** Those of these roles that permit the action, wherever they are held. */
    public List<String> permitting(Set<String> held, String action) {
        return held.stream()
                .filter(role -> roles.getOrDefault(role, Set.of()).contains(action))
                .sorted()
                .toList();
    }

    /** Whether it says of each of these roles what they permit. */
    public boolean knowsAll(Set<String> held) {
        return roles.keySet().containsAll(held);
    }
}
