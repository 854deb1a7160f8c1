package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.core.Json;
import dev.countersign.graph.Circumstances;
import dev.countersign.graph.DeployGate;
import dev.countersign.graph.Fit;
import dev.countersign.graph.Release;
import dev.countersign.server.ServerFixture;
import dev.countersign.thread.ThreadStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gate} over a real server, which says of parked threads what a test wants. */
@Tag("store")
final class GateCommandTest {
    private ServerFixture server;
    private Terminal terminal;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder);
        // The operator's token is as old as the machine says, so the server must have its time.
        server.clock.advance(Duration.between(server.clock.instant(), Instant.now()));
        terminal = new Terminal(folder)
                .with("COUNTERSIGN_SERVER", server.url("").toString())
                .with("COUNTERSIGN_STATE_DIR", folder.toString());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void parked(int number, Fit.Verdict verdict, String... reasons) {
        server.runtime.parked.add(new DeployGate.Line(
                "thread-" + number, "henry", "echo", ThreadStatus.PARKED, "await", verdict, List.of(reasons)));
    }

    @Test
    void whereAllResume_theExitCodeIsZero() {
        assertThat(terminal.run("", "gate")).as(terminal.err()).isZero();
        assertThat(terminal.out()).startsWith("0 parked threads: 0 resumes");
        for (int i = 0; i < 5; i++) {
            parked(i, Fit.Verdict.RESUMES);
        }
        assertThat(terminal.run("", "gate", "--json")).isZero();
        assertThat(terminal.json().path("threads").asLong()).isEqualTo(5);
        assertThat(terminal.json().path("resumes").asLong()).isEqualTo(5);
        DeployGate.Plan plan = Objects.requireNonNull(server.runtime.plan);
        assertThat(plan.program()).isEqualTo(Release.Program.THIS);
        assertThat(plan.agent()).isNull();
    }

    @Test
    void whereSomeDoNot_theExitCodeIsOne_withThoseAndWhy() {
        parked(1, Fit.Verdict.RESUMES);
        parked(2, Fit.Verdict.NEEDS_REAPPROVAL, "approval r1: it \u001b[31mchanged", "and more");
        parked(3, Fit.Verdict.FINISH_ON_OLD, "the tool is gone");
        parked(4, Fit.Verdict.NEEDS_MIGRATION, "no such node");
        assertThat(terminal.run("", "gate")).as(terminal.err()).isEqualTo(1);
        assertThat(terminal.out())
                .contains("needs reapproval thread-2 (echo, henry): approval r1: it ")
                .contains("; and more")
                .contains("finish on old thread-3")
                .contains("4 parked threads: 1 resumes, 1 needs reapproval, 1 finish on old, 1 needs migration")
                .doesNotContain("\u001b[31m")
                .doesNotContain("thread-1");
        assertThat(terminal.run("", "gate", "--json")).isEqualTo(1);
        assertThat(terminal.json().path("sample")).hasSize(3);
        assertThat(terminal.json().path("finish_on_old").asLong()).isEqualTo(1);
        assertThat(terminal.run("", "gate", "--json", "--all")).isEqualTo(1);
        List<String> lines = terminal.out().lines().toList();
        assertThat(lines).hasSize(5);
        assertThat(Json.read(lines.get(0)).path("thread").asText()).isEqualTo("thread-1");
    }

    @Test
    void aNewAgentsFileIsReadHere_itsServersAreAskedHere_andOnlyRulesAndSchemasAreTold(@TempDir Path folder)
            throws IOException {
        Path file = folder.resolve("volumes.yaml");
        Files.writeString(file, """
                name: volumes
                title: Volumes
                prompt: a prompt that is nobody's to read
                servers:
                  rogue:
                    command: ["%s", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-cp", "%s", "dev.countersign.tool.RogueServer", "well"]
                roles:
                  parent: [echo]
                """.formatted(
                        ProcessHandle.current().info().command().orElseThrow(), System.getProperty("java.class.path")));
        assertThat(terminal.run("", "gate", "--agent", file.toString()))
                .as(terminal.err())
                .isZero();
        DeployGate.Plan plan = Objects.requireNonNull(server.runtime.plan);
        assertThat(plan.agent()).isEqualTo("volumes");
        Circumstances told = Objects.requireNonNull(plan.circumstances());
        assertThat(told.prompt()).isEmpty();
        assertThat(told.tools()).extracting(Circumstances.Tool::name).contains("echo");
        assertThat(told.tools())
                .allMatch(tool -> tool.description().isEmpty() && tool.schema().isObject());
    }

    @Test
    void aFileThatIsNoAgent_isToldSo_andNothingIsAsked() {
        assertThat(terminal.run(
                        "",
                        "gate",
                        "--agent",
                        Path.of("pom.xml").toAbsolutePath().toString()))
                .isEqualTo(2);
        assertThat(terminal.err()).contains("CS-601");
        assertThat(server.runtime.plan).isNull();
    }
}
