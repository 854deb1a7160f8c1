package dev.countersign.server;

import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.AgentRuntime.AgentView;
import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.graph.AgentRuntime.ToolRisk;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The risks that agents' files state now, for one answer. Where a file states none, or the request was not filed here, there is
 * none to tell, and nobody guesses.
 */
public final class Risks {
    private final Map<String, Map<String, ToolRisk>> byAgent = new HashMap<>();

    private Risks(AgentRuntime runtime) {
        for (AgentView agent : runtime.agents()) {
            Map<String, ToolRisk> byTool = byAgent.computeIfAbsent(agent.name(), name -> new HashMap<>());
            agent.risks().forEach(risk -> byTool.put(risk.tool(), risk));
        }
    }

    /** Of the agents of this runtime. */
    public static Risks of(AgentRuntime runtime) {
        return new Risks(runtime);
    }

    /** What is stated of the call behind an approval. */
    public Optional<ToolRisk> of(@Nullable ApprovalView ours) {
        return ours == null
                ? Optional.empty()
                : Optional.ofNullable(
                        byAgent.getOrDefault(ours.agent(), Map.of()).get(ours.tool()));
    }
}
