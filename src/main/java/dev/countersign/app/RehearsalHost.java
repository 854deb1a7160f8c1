package dev.countersign.app;

import dev.countersign.config.Config;
import dev.countersign.config.Places;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A server of the demo family that meets nothing of the user's: no setting, no store and no Permit of theirs, in a folder that is thrown
 * away.
 */
public final class RehearsalHost {
    private RehearsalHost() {}

    /** What is done with it. */
    public interface Story {
        void play(URI server) throws InterruptedException;
    }

    /** Starts it, lets the story be played, and leaves nothing of it behind. */
    public static void run(Story story) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("countersign-rehearsal");
        try {
            Files.createDirectory(folder.resolve("checkpoints"));
            Config config = Config.of(new Places(folder, Places.ofProcess().home()), Map.of());
            try (RunningServer server = RunningServer.start(config, new RunningServer.Options(0, true))) {
                story.play(server.url());
            }
        } finally {
            Folders.delete(folder);
        }
    }
}
