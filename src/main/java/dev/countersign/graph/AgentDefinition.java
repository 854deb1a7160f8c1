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
 * @param retention how long its conversations are kept
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
        Retention retention,
        String fingerprint) {
    public AgentDefinition {
        servers = List.copyOf(servers);
    }

    /** One whose conversations are kept. */
    public AgentDefinition(
            String name,
            String title,
            String prompt,
            Optional<Path> examples,
            List<ServerSpec> servers,
            ToolPolicy policy,
            Limits limits,
            String fingerprint) {
        this(name, title, prompt, examples, servers, policy, limits, Retention.FOREVER, fingerprint);
    }

    AgentDefinition keeping(Retention other) {
        return new AgentDefinition(name, title, prompt, examples, servers, policy, limits, other, fingerprint);
    }
}
