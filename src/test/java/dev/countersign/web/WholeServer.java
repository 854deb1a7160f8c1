package dev.countersign.web;

import dev.countersign.app.RunningServer;
import dev.countersign.config.Config;
import dev.countersign.config.Places;
import dev.countersign.db.Stores;
import dev.countersign.mcpserver.food.MoreDishes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A whole server with emulator, agents and tools, which may go and come back: the same store, the same port. */
final class WholeServer implements AutoCloseable {
    /** The restaurant, open for children, that may have more dishes than others. */
    static final String BURGERS = "2";

    private final Config config;
    private RunningServer running;

    private WholeServer(Config config) {
        this.config = config;
        this.running = RunningServer.start(config, new RunningServer.Options(0, true));
    }

    /** Over a new folder, with these dishes too. */
    static WholeServer start(Path folder, List<String> dishes) throws IOException {
        Path state = folder.resolve("state");
        Files.createDirectories(folder.resolve("checkpoints"));
        Map<String, String> settings = new HashMap<>(Stores.settings(folder));
        settings.put("COUNTERSIGN_STATE_DIR", state.toString());
        Config config = Config.of(new Places(folder, Path.of("").toAbsolutePath()), settings);
        MoreDishes.at(config.mcp().foodFile(), BURGERS, dishes);
        return new WholeServer(config);
    }

    String url() {
        return running.url().toString();
    }

    void restart() {
        int port = running.url().getPort();
        running.close();
        running = RunningServer.start(config, new RunningServer.Options(port, true));
    }

    @Override
    public void close() {
        running.close();
    }
}
