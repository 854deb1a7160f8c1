package dev.countersign.replay;

import dev.countersign.graph.AgentDefinition;
import dev.countersign.permit.RolePermissions;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an operator thinks of changing. What is null stays as it was recorded.
 *
 * @param agent its roles, requests, approvals and limits; only conversations of an agent of this name are judged
 * @param servers that the agent is to have, by name; what is known of their tools is what was recorded
 * @param permissions what roles are to permit at Permit
 * @param needs tool to the action that it asks Permit for, before it does anything
 */
public record PolicyChange(
        @Nullable AgentDefinition agent,
        @Nullable Set<String> servers,
        @Nullable RolePermissions permissions,
        Map<String, String> needs) {
    public PolicyChange {
        servers = servers == null ? null : Set.copyOf(servers);
        needs = Map.copyOf(needs);
    }

    /** Another agent's file, all else as it was. */
    public static PolicyChange of(AgentDefinition agent, Set<String> servers) {
        return new PolicyChange(agent, servers, null, Map.of());
    }
}
