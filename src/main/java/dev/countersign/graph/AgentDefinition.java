package dev.countersign.graph;

import dev.countersign.tool.ServerSpec;
import dev.countersign.tool.ToolPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An agent, as its file defines it.
 *
 * @param prompt the system prompt; {@code {user}} stands for the verified user's name
 * @param examples the offline model's phrasebook, if there is one
 * @param fingerprint digest of the file and of the graph's shape
 */
public record AgentDefinition(
        String name,
        String title,
        String prompt,
        Optional<Path> examples,
        List<ServerSpec> servers,
        ToolPolicy policy,
        Limits limits,
        String fingerprint) {
    public AgentDefinition {
        servers = List.copyOf(servers);
    }
}
