package dev.countersign.app;

import dev.countersign.config.Config;
import dev.countersign.graph.AgentDefinition;
import dev.countersign.graph.AgentFile;
import dev.countersign.graph.Circumstances;
import dev.countersign.tool.ToolClient;
import dev.countersign.tool.ToolClients;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * An agent from a file that no server runs yet, with the tools that its servers offer.
 *
 * @param circumstances its rules and tools, without the words for models
 */
public record NewAgent(String name, Circumstances circumstances) {
    /**
     * Reads a file and asks its servers for their tools: they are started in this process's name and ended again, on a state folder
     * of their own that is thrown away, and no tool is called.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-601} for a file that is not understood, {@code CS-401} when a
     *     server cannot be reached
     */
    public static NewAgent read(Config config, Path file) {
        try (Closers closers = new Closers()) {
            PermitPlace place = config.permit().hasKey()
                    ? PermitPlace.open(config, SystemSources.clock(), closers)
                    : PermitPlace.passing(config, SystemSources.clock(), closers);
            Path scratch = Files.createTempDirectory("countersign-gate");
            closers.add(() -> remove(scratch));
            Map<String, String> settings = new HashMap<>(place.settings(config.store()));
            settings.put("COUNTERSIGN_STATE_DIR", scratch.toString());
            AgentDefinition agent = AgentFile.read(file, config.settings().with(settings));
            ToolClient tools = closers.add(ToolClients.connect(agent.servers(), AgentOutfits.selfCommand()));
            return new NewAgent(
                    agent.name(), Circumstances.of(agent, tools.tools()).withoutWords());
        } catch (IOException e) {
            throw new UncheckedIOException("could not make a folder for the agent's servers", e);
        }
    }

    private static void remove(Path folder) {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not remove " + folder, e);
        }
    }
}
