package dev.countersign.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What an element's configuration says, read from its row. */
record Element(Entity entity) {
    static final Set<String> TYPES =
            Set.of("user_management", "audit_log", "approval_flow", "operation_approval", "approval_management");
    static final Set<String> LEVELS = Set.of("LEVEL_1", "LEVEL_2", "LEVEL_3", "LEVEL_4", "HIDDEN", "UNCONFIGURED");
    private static final List<String> OFFERING = List.of("LEVEL_1", "LEVEL_2", "LEVEL_3", "LEVEL_4");

    private JsonNode settings() {
        return entity.body().path("settings");
    }

    String type() {
        return entity.body().path("elements_type").asText();
    }

    /** The resource whose roles it hands out on instances; empty when it hands out tenant roles. */
    String resourceId() {
        return settings().path("resourceTypeSelected").asText("");
    }

    boolean onInstances() {
        String declared = settings().path("configureType").asText("");
        return declared.isEmpty() ? !resourceId().isEmpty() : declared.equals("REBAC");
    }

    boolean takes(RequestKind kind) {
        return kind == RequestKind.ACCESS_REQUEST
                ? Set.of("user_management", "approval_flow").contains(type())
                : Set.of("operation_approval", "approval_management").contains(type());
    }

    /** The ids of the roles at a level. */
    List<String> roles(String level) {
        List<String> ids = new ArrayList<>();
        entity.body().path("roles_to_levels").path(level).forEach(id -> ids.add(id.asText()));
        return ids;
    }

    /** Whether somebody may ask for the role here. */
    boolean offers(String roleId) {
        return OFFERING.stream().anyMatch(level -> roles(level).contains(roleId));
    }

    /** The highest level among roles held. */
    String levelOf(Set<String> roleIds) {
        Optional<String> level = OFFERING.stream()
                .filter(each -> roles(each).stream().anyMatch(roleIds::contains))
                .findFirst();
        return level.orElse("UNCONFIGURED");
    }
}
