package dev.countersign.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.app.AgentOutfits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./countersign demo} as a newcomer runs it: a process that starts all others, among them one it kills. */
final class DemoTest {
    private static final int PATIENCE_SECONDS = 120;

    @TempDir
    Path folder;

    private Process demo(Path output) throws IOException {
        List<String> command = new ArrayList<>(AgentOutfits.selfCommand());
        command.add(1, "-Dcountersign.home=" + Path.of("").toAbsolutePath());
        command.add("demo");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(folder.toFile());
        // A newcomer may have settings of a real environment around; the story takes none of them.
        builder.environment()
                .putAll(Map.of(
                        "RESOURCE_KEY",
                        "cars",
                        "TENANT",
                        "acme",
                        "PERMIT_API_KEY",
                        "a-real-one",
                        "OPENAI_API_KEY",
                        "one"));
        builder.redirectErrorStream(true);
        builder.redirectOutput(output.toFile());
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    @Test
    void theDemoEndsWell_withOneOrderPlaced_andEachPartyAProcessOfItsOwn() throws Exception {
        Path output = folder.resolve("output.txt");
        Process process = demo(output);
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as(Files.readString(output))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(output);
        assertThat(process.exitValue()).as(String.join("\n", lines)).isZero();
        assertThat(lines).filteredOn(line -> line.contains("order placed")).hasSize(1);
        assertThat(lines.stream()
                        .filter(line -> line.matches(".*process \\d+: .*"))
                        .map(line -> line.replaceAll(".*process (\\d+): .*", "$1"))
                        .distinct())
                .hasSizeGreaterThanOrEqualTo(6);
        assertThat(lines).last().asString().contains("Dishes in the food store: 1");
    }
}
