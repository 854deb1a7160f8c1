package dev.countersign.cli;

import dev.countersign.config.ModelConfig;
import dev.countersign.graph.AgentDefinition;
import dev.countersign.graph.AgentFile;
import dev.countersign.model.Models;
import dev.countersign.model.Phrasebook;
import dev.countersign.replay.Recording;
import dev.countersign.replay.Supposed;
import dev.langchain4j.model.chat.ChatModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what is otherwise in a what-if. */
final class Supposing {
    private static final String OFFLINE = "offline";

    @Option(
            names = "--agent",
            paramLabel = "FILE.yaml",
            description = "with this agent's prompt, policy and limits; its servers are not started")
    @Nullable
    Path agentFile;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description =
                    "ask this model: offline, or one at OPENAI_BASE_URL; else the recorded answers are given as long"
                            + " as the conversation is the recorded one")
    @Nullable
    String model;

    @Option(
            names = "--roles",
            paramLabel = "ROLE",
            split = ",",
            description = "as if the owner had these roles and no others")
    @Nullable
    List<String> roles;

    private @Nullable AgentDefinition agent;

    boolean isAnything() {
        return agentFile != null || model != null || roles != null;
    }

    /** What is otherwise for one conversation: a model begins anew with each. */
    Supposed about(Recording recording, Shell shell) {
        if (agent == null && agentFile != null) {
            agent = AgentFile.readWithoutServers(agentFile);
        }
        return new Supposed(
                agent, model == null ? null : model(model, recording, shell), roles == null ? null : Set.copyOf(roles));
    }

    private ChatModel model(String name, Recording recording, Shell shell) {
        if (name.equals(OFFLINE)) {
            return Models.offline(
                    phrasebook(recording, shell).map(Phrasebook::read).orElseGet(Phrasebook::empty));
        }
        ModelConfig known = shell.config().model();
        return Models.create(
                new ModelConfig(ModelConfig.Provider.OPENAI, known.apiKey(), known.baseUrl(), name, known.timeout()),
                Phrasebook.empty());
    }

    /** What the offline model knows of the trade: from the agent's file, else from that of the same name in the agents' folder. */
    private Optional<Path> phrasebook(Recording recording, Shell shell) {
        if (agent != null) {
            return agent.examples();
        }
        Path file = shell.config().graphs().resolve(recording.thread().agent() + ".yaml");
        return Files.exists(file) ? AgentFile.readWithoutServers(file).examples() : Optional.empty();
    }
}
