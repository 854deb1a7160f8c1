package dev.countersign.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class DiagramTest {
    @Test
    void theGraphsDiagramIsGeneratedFromTheCode() throws IOException {
        String diagram = Agents.diagram("Countersign");
        Path file = Path.of("graphs/agent.mmd");
        if (!Files.exists(file) || !Files.readString(file).equals(diagram)) {
            Files.writeString(file, diagram);
        }
        for (String node : new String[] {"model", "gate", "tools", "request", "reply", "await", "settle"}) {
            assertThat(diagram).contains(node);
        }
        assertThat(diagram).startsWith("---").contains("flowchart");
    }
}
