package dev.countersign.tool;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What an agent file says about tools. Whatever it does not say is refused.
 *
 * @param allowed role to the names of the tools its holders may use; {@code *} as a tool means every tool of the agent's
 *     servers, {@code *} as a role means every verified user
 * @param requests tools that file a request at Permit
 * @param approvals tools that need an approval before they run
 * @param risks of tools among these, for reviewers; a tool that is not there has none that is known
 */
public record ToolPolicy(
        Map<String, Set<String>> allowed,
        List<RequestRule> requests,
        List<ApprovalRule> approvals,
        Map<String, Risk> risks) {
    /** Stands for every tool, or every verified user. */
    public static final String ALL = "*";

    /** A policy that states no risks. */
    public ToolPolicy(Map<String, Set<String>> allowed, List<RequestRule> requests, List<ApprovalRule> approvals) {
        this(allowed, requests, approvals, Map.of());
    }

    public ToolPolicy {
        Map<String, Set<String>> copy = new HashMap<>();
        allowed.forEach((role, tools) -> copy.put(role, Set.copyOf(tools)));
        allowed = Map.copyOf(copy);
        requests = List.copyOf(requests);
        approvals = List.copyOf(approvals);
        risks = Map.copyOf(risks);
        Set<String> filing = names(requests, RequestRule::tool);
        Set<String> gated = names(approvals, ApprovalRule::tool);
        gated.retainAll(filing);
        if (!gated.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected a tool to file requests or to need an approval, got both: " + gated);
        }
    }

    private static <T> Set<String> names(List<T> rules, Function<T, String> name) {
        Set<String> names = new HashSet<>();
        for (T rule : rules) {
            if (!names.add(name.apply(rule))) {
                throw new IllegalArgumentException("expected one rule for a tool, got two for " + name.apply(rule));
            }
        }
        return names;
    }
}
