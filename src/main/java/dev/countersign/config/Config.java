package dev.countersign.config;

import java.nio.file.Path;
import java.util.Map;

/**
 * All settings, read once, immutable. Constructors elsewhere take their own part, never this whole.
 *
 * @param observation logs and traces
 * @param metricsToken what a reader of {@code /metrics} has to show; empty when none is set
 * @param graphs folder of agent files
 * @param checkpoints folder of the H2 store
 * @param settings all settings as given, for what an agent's servers are handed
 */
public record Config(
        PermitConfig permit,
        ModelConfig model,
        StoreConfig store,
        ServerConfig server,
        ClientConfig client,
        McpConfig mcp,
        NotifyConfig notifications,
        ObservationConfig observation,
        Secret metricsToken,
        Path graphs,
        Path checkpoints,
        Settings settings) {
    /**
     * Reads the process environment over {@code .env} in the current folder over the defaults.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-101} naming the setting, what was expected and what came
     */
    public static Config load() {
        return new ConfigReader(Places.ofProcess()).read(Environment.current());
    }

    /** Reads the given settings over the defaults; for tests and for programs that are started with explicit settings. */
    public static Config of(Places places, Map<String, String> settings) {
        return new ConfigReader(places).read(settings);
    }
}
