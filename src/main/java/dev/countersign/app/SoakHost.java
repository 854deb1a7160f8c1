package dev.countersign.app;

import dev.countersign.config.Config;
import dev.countersign.config.Places;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.lab.soak.Model;
import dev.countersign.lab.soak.Soak;
import dev.countersign.lab.soak.SoakReport;
import dev.countersign.lab.soak.SoakScene;
import dev.countersign.lab.soak.SoakTools;
import dev.countersign.lab.soak.Sources;
import dev.countersign.mcpserver.McpProgram;
import dev.countersign.permit.Permit;
import dev.countersign.permit.Permits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Sets the scene of a soak in a temporary folder: Permit's emulator and the model in this process, which nobody kills, and the
 * server as a child. The folder is gone afterwards, unless something was wrong. {@link #close} ends the child.
 */
public final class SoakHost implements AutoCloseable {
    private static final String KEY = "permit_key_soak";
    static final String SECRET = "soak-webhook-secret";
    private static final int PLOTS_AT_LEAST = 4;
    private static final int KILLS_PER_PLOT = 4;
    private static final int USERS_MAX = 8;

    private final Closers closers = new Closers();
    private final Path folder;

    /**
     * What a soak may be told.
     *
     * @param threads conversations at the same time
     * @param seed of chance; how processes and threads run stays theirs
     */
    public record Options(int kills, int threads, long seed) {}

    private SoakHost(Path folder) {
        this.folder = folder;
    }

    /** In a new temporary folder. */
    public static SoakHost create() throws IOException {
        return new SoakHost(Files.createTempDirectory("countersign-soak"));
    }

    /** Where it plays. */
    public Path folder() {
        return folder;
    }

    /** Runs one; {@code progress} hears a line now and then. */
    public SoakReport run(Options options, Consumer<String> progress) throws IOException, InterruptedException {
        SoakScene scene =
                new SoakScene(folder, options.threads, PLOTS_AT_LEAST + options.kills / KILLS_PER_PLOT, USERS_MAX);
        Set set = set(scene);
        return new Soak(
                        new Soak.Options(options.kills, scene, SECRET),
                        set.server(),
                        set.permit(),
                        new Sources(SystemSources.clock(), SystemSources::pause, new SplittableRandom(options.seed)))
                .run(progress);
    }

    /** What stands on the scene: a server that is not yet started, and the Permit behind it. */
    record Set(SoakServer server, Permit permit) {}

    /** Writes the scene's files and sets it. */
    Set set(SoakScene scene) throws IOException {
        scene.write();
        EmulatorServer emulator = closers.add(EmulatorServer.start(
                EmulatorConfig.inMemory(KEY, SystemSources.clock()).withSeedFile(scene.permitFile())));
        Model model = closers.add(Model.start());
        Map<String, String> settings = settings(emulator.url(), model);
        Config config = Config.of(new Places(folder, folder), settings);
        return new Set(closers.add(new SoakServer(folder, settings)), Permits.connect(config.permit()));
    }

    private static Map<String, String> settings(String permit, Model model) {
        Map<String, String> settings = new HashMap<>();
        settings.put("PERMIT_API_KEY", KEY);
        settings.put("PERMIT_API_URL", permit);
        settings.put("PERMIT_PDP_URL", permit);
        settings.put("COUNTERSIGN_WEBHOOK_SECRET", SECRET);
        settings.put("RESOURCE_KEY", "plots");
        settings.put("ACCESS_ELEMENTS_CONFIG_ID", "plot-requests");
        settings.put("OPERATION_ELEMENTS_CONFIG_ID", "plot-operations");
        settings.put("OPENAI_BASE_URL", model.url().toString());
        settings.put("OPENAI_API_KEY", "soak");
        settings.put("COUNTERSIGN_POLL_INTERVAL", "500ms");
        // Permit is our own emulator here, and what it is asked must not be what the soak waits for.
        settings.put("COUNTERSIGN_PERMIT_CALLS_PER_MINUTE", "1000");
        settings.put("COUNTERSIGN_TOKEN_LIFETIME", "1d");
        return Map.copyOf(settings);
    }

    /** The soak's MCP server, for its server's child. */
    public static McpProgram tools(Config config, Path ledger) {
        return SoakTools.program(Permits.connect(config.permit()), ledger, SystemSources::pause);
    }

    /** Throws the folder away: for a soak that showed nothing worth keeping. */
    public void forget() throws IOException {
        closers.close();
        Folders.delete(folder);
    }

    @Override
    public void close() {
        closers.close();
    }
}
