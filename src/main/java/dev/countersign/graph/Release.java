package dev.countersign.graph;

import dev.countersign.checkpoint.CheckpointStore;
import dev.countersign.tool.GateRules;
import dev.countersign.tool.ToolInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What threads are to go on in: a program, and agents as they are now or are to be. An agent is looked at when the first thread asks
 * for it, and once. Safe for use by many threads.
 */
public final class Release {
    private final Program program;
    private final Function<String, Optional<Agent>> agents;
    private final Map<String, Optional<Agent>> seen = new ConcurrentHashMap<>();

    /**
     * @param agents finds an agent by its name; empty when it has no file
     */
    public Release(Program program, Function<String, Optional<Agent>> agents) {
        this.program = program;
        this.agents = agents;
    }

    /**
     * A program, as far as stored threads depend on it.
     *
     * @param nodes of its graph, by name
     * @param format the newest of checkpoints that it reads
     */
    public record Program(Set<String> nodes, int format) {
        /** This one. */
        public static final Program THIS =
                new Program(Set.copyOf(GraphShape.ofAgents().nodes()), CheckpointStore.FORMAT);

        public Program {
            nodes = Set.copyOf(nodes);
        }
    }

    /** An agent, as far as what was approved depends on it. */
    public record Agent(GateRules rules, List<ToolInfo> tools) {
        public Agent {
            tools = List.copyOf(tools);
        }
    }

    /** An agent that is to be. */
    public static Agent agent(Circumstances circumstances) {
        return new Agent(new GateRules(circumstances.agent("").policy()), circumstances.catalogue());
    }

    Program program() {
        return program;
    }

    /**
     * The agent of that name, or empty.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-401} when its tools cannot be listed: what is not known is not
     *     guessed
     */
    Optional<Agent> agent(String name) {
        return seen.computeIfAbsent(name, agents);
    }

    /** The same release with another program. */
    Release with(Program other) {
        return new Release(other, this::agent);
    }

    /** The same release with one agent as it is to be, and another program. */
    Release with(Program other, String name, Agent changed) {
        return new Release(other, asked -> asked.equals(name) ? Optional.of(changed) : agent(asked));
    }
}
