package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The workloads that rivals are measured on, each so small that only its outcome says something. */
final class BenchWorkCommandTest {
    @TempDir
    Path folder;

    private JsonNode figures(String... arguments) {
        Terminal terminal = new Terminal(folder);
        int exit = terminal.run("", arguments);
        assertThat(exit).as(terminal.err()).isZero();
        return terminal.json();
    }

    @Test
    void w1_checksEveryTurn_andWeighsTheStore() {
        JsonNode figures = figures("bench", "w1", "--turns", "100", "--mode", "process", "--json");

        assertThat(figures.path("peer").asText()).isEqualTo("countersign");
        assertThat(figures.path("w").asText()).isEqualTo("W1");
        assertThat(figures.path("turns").asInt()).isEqualTo(100);
        assertThat(figures.path("disk_100").asLong()).isPositive();
        assertThat(figures.path("warm_up").asInt()).isEqualTo(20);
        assertThat(figures.path("ms_51_100").asDouble()).isPositive();
    }

    @Test
    void w1_ofTheEngineAsItComes_isCheckedTheSame() {
        JsonNode figures = figures("bench", "w1", "--turns", "100", "--mode", "stock", "--json");

        assertThat(figures.path("peer").asText()).isEqualTo("langgraph4j-memory");
        assertThat(figures.path("turns").asInt()).isEqualTo(100);
        assertThat(figures.path("heap_mb").asDouble()).isPositive();
    }

    @Test
    void w2_parksAndResumesAll_withSeveralClients() {
        JsonNode figures = figures(
                "bench", "w2", "--runs", "6", "--clients", "2", "--warm-up", "3", "--mode", "process", "--json");

        assertThat(figures.path("n").asInt()).isEqualTo(6);
        assertThat(figures.path("clients").asInt()).isEqualTo(2);
        assertThat(figures.path("warm_up").asInt()).isEqualTo(3);
        assertThat(figures.path("parks_s").asDouble()).isPositive();
        assertThat(figures.path("resumes_s").asDouble()).isPositive();
    }

    @Test
    @Tag("long")
    void w3AndW6_overKilledProcesses_loseNothing() {
        JsonNode cold = figures("bench", "w3", "--tries", "2", "--json");
        JsonNode warm = figures("bench", "w3", "--tries", "1", "--warm-up", "2", "--json");
        JsonNode crash = figures("bench", "w6", "--tries", "2", "--json");

        assertThat(cold.path("lost").asInt(-1)).isZero();
        assertThat(warm.path("lost").asInt(-1)).isZero();
        assertThat(warm.path("warm_up").asInt()).isEqualTo(2);
        assertThat(crash.path("model_step_durable").asInt()).isEqualTo(2);
        assertThat(crash.path("thread_lost").asInt(-1)).isZero();
    }

    @Test
    void badOptions_areToldPlainly() {
        Terminal terminal = new Terminal(folder);

        assertThat(terminal.run("", "bench", "w1", "--turns", "3")).isEqualTo(2);
        assertThat(terminal.err()).contains("expected --turns of at least 100, got 3");
        assertThat(terminal.run("", "bench", "w4", "--warm-up", "0")).isEqualTo(2);
        assertThat(terminal.err()).contains("expected --warm-up of at least 1, got 0");
        assertThat(terminal.run("", "bench", "w5")).isEqualTo(2);
        assertThat(terminal.err()).contains("--server");
        assertThat(terminal.run("", "bench", "w1", "--mode", "postgres")).isEqualTo(2);
        assertThat(terminal.err()).contains("COUNTERSIGN_DB_URL");
        assertThat(terminal.run("", "bench", "w2", "--mode", "stock")).isEqualTo(2);
        assertThat(terminal.err()).contains("expected --mode stock with w1 or w4");
    }
}
