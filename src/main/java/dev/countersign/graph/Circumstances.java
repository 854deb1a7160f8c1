package dev.countersign.graph;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import dev.countersign.tool.ApprovalRule;
import dev.countersign.tool.RequestRule;
import dev.countersign.tool.ToolInfo;
import dev.countersign.tool.ToolPolicy;
import dev.langchain4j.agent.tool.ToolSpecification;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What an agent is like as far as its steps depend on it: prompt, policy, limits, and the tools that its servers offer. No
 * secret: how the servers are reached is left out.
 *
 * @param allowed role to tools, both sorted, so that equal circumstances are equal texts
 */
public record Circumstances(
        String prompt,
        Map<String, List<String>> allowed,
        List<RequestRule> requests,
        List<ApprovalRule> approvals,
        Limits limits,
        List<Tool> tools) {
    public Circumstances {
        allowed = new TreeMap<>(allowed);
        requests = List.copyOf(requests);
        approvals = List.copyOf(approvals);
        tools = List.copyOf(tools);
    }

    /** A tool as its server offers it. */
    public record Tool(
            String server, String name, String description, boolean readOnly, boolean idempotent, JsonNode schema) {
        private static Tool of(ToolInfo info) {
            String description = info.specification().description();
            return new Tool(
                    info.server(),
                    info.name(),
                    description == null ? "" : description,
                    info.readOnly(),
                    info.idempotent(),
                    info.inputSchema());
        }

        private Tool withoutWords() {
            return new Tool(server, name, "", readOnly, idempotent, schema);
        }

        private ToolInfo info() {
            ToolSpecification specification = ToolSpecification.builder()
                    .name(name)
                    .description(description)
                    .build();
            return new ToolInfo(server, specification, readOnly, idempotent, schema);
        }
    }

    /** What an agent is like with these tools. */
    public static Circumstances of(AgentDefinition agent, List<ToolInfo> tools) {
        Map<String, List<String>> allowed = new TreeMap<>();
        agent.policy()
                .allowed()
                .forEach((role, names) ->
                        allowed.put(role, names.stream().sorted().toList()));
        return new Circumstances(
                agent.prompt(),
                allowed,
                agent.policy().requests(),
                agent.policy().approvals(),
                agent.limits(),
                tools.stream().map(Tool::of).toList());
    }

    /** The same without the words for models: prompt and descriptions. */
    public Circumstances withoutWords() {
        return new Circumstances(
                "",
                allowed,
                requests,
                approvals,
                limits,
                tools.stream().map(Tool::withoutWords).toList());
    }

    /** One line of JSON, the same for equal circumstances. */
    public String json() {
        return Json.write(this);
    }

    public static Circumstances parse(String json) {
        return Json.read(json, Circumstances.class);
    }

    /** An agent of that name to run in these circumstances, without a way to any server. */
    public AgentDefinition agent(String name) {
        Map<String, Set<String>> policy = new TreeMap<>();
        allowed.forEach((role, names) -> policy.put(role, Set.copyOf(names)));
        return new AgentDefinition(
                name,
                name,
                prompt,
                Optional.empty(),
                List.of(),
                new ToolPolicy(policy, requests, approvals),
                limits,
                "replay");
    }

    public List<ToolInfo> catalogue() {
        List<ToolInfo> catalogue = new ArrayList<>();
        tools.forEach(tool -> catalogue.add(tool.info()));
        return catalogue;
    }
}
