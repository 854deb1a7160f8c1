package dev.countersign.cli;

import dev.countersign.app.AgentOutfits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Plays the family's story, each party a process of its own, in a folder that is thrown away afterwards. */
@Command(
        name = "demo",
        description =
                "Play the whole story: a child asks, a parent decides, a server dies in between, the agent goes on.")
final class DemoCommand implements Callable<Integer> {
    private final Shell shell;

    @Option(names = "--keep", description = "keep the folder with the store and the logs")
    boolean keep;

    DemoCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("countersign-demo");
        Files.createDirectory(folder.resolve("checkpoints"));
        boolean done = false;
        try (DemoStory story = new DemoStory(shell, AgentOutfits.selfCommand(), folder)) {
            story.play();
            done = true;
        } finally {
            if (keep || !done) {
                shell.out().println("the demo's folder: " + folder);
            } else {
                delete(folder);
            }
        }
        return 0;
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}
