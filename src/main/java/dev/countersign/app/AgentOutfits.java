package dev.countersign.app;

import dev.countersign.config.Config;
import dev.countersign.config.ModelConfig;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.graph.AgentDefinition;
import dev.countersign.graph.AgentFile;
import dev.countersign.graph.Outfit;
import dev.countersign.model.Models;
import dev.countersign.model.Phrasebook;
import dev.countersign.tool.ToolClients;
import dev.langchain4j.model.chat.ChatModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes every agent of the graphs folder ready to run. */
public final class AgentOutfits {
    /** Where the launcher keeps classes that were read before; a JVM for which it does not fit does without. */
    private static final String ARCHIVE = "countersign.archive";

    private static final ErrorCode NO_AGENTS = new ErrorCode("CS-126", ErrorCode.Kind.INVALID);

    private AgentOutfits() {}

    /**
     * The agents as their files define them.
     *
     * @throws CountersignException {@code CS-126} when there is none, and what a file that is wrong says
     */
    static List<AgentDefinition> definitions(Config config, Map<String, String> settings) {
        List<AgentDefinition> agents =
                AgentFile.readAll(config.graphs(), config.settings().with(settings));
        if (agents.isEmpty()) {
            throw new CountersignException(
                    NO_AGENTS,
                    "expected at least one agent, a file NAME.yaml in " + config.graphs()
                            + ", found none. Put one there, or remove that folder to use the shipped ones.");
        }
        return agents;
    }

    static Outfit equip(AgentDefinition agent, ModelConfig model) {
        return new Outfit(agent, model(agent, model), ToolClients.connect(agent.servers(), selfCommand()));
    }

    /** The agent's model; the offline one knows the agent's own phrases. */
    static ChatModel model(AgentDefinition agent, ModelConfig model) {
        return Models.create(model, agent.examples().map(Phrasebook::read).orElseGet(Phrasebook::empty));
    }

    /** For banners. */
    static String words(ModelConfig model) {
        return model.provider() == ModelConfig.Provider.OFFLINE
                ? "the offline demo model, neither OPENAI_API_KEY nor OPENAI_BASE_URL is set"
                : model.model() + " at " + model.baseUrl();
    }

    /** How to start this very program again: the same JVM, flags and class path. */
    public static List<String> selfCommand() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-Dfile.encoding=UTF-8", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx256m"));
        String archive = System.getProperty(ARCHIVE, "");
        if (!archive.isEmpty()) {
            command.addAll(List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds*=off"));
        }
        for (String inherited : List.of("countersign.home", "jdk.serialFilter", ARCHIVE)) {
            String value = System.getProperty(inherited);
            if (value != null) {
                command.add("-D" + inherited + "=" + value);
            }
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.countersign.cli.Main"));
        return command;
    }
}
