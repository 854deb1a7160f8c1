package dev.countersign.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.tool.ApprovalRule;
import dev.countersign.tool.RequestRule;
import dev.countersign.tool.Risk;
import dev.countersign.tool.ToolPolicy;
import dev.countersign.tool.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AgentFileTest {
    private static final String GOOD = """
            name: things
            title: Things
            prompt: You help {user}.
            servers:
              things:
                command: [countersign, mcp, food]
                environment: [PERMIT_API_KEY, NOT_SET]
            roles:
              parent: ["*"]
              child: [list_things]
            requests:
              create_access_request: {kind: access, deadline: 7d}
            limits: {steps: 5, turn_time: 30s}
            """;

    @TempDir
    Path folder;

    private AgentDefinition read(String text) throws IOException {
        Path file = folder.resolve("things.yaml");
        Files.writeString(file, text);
        return AgentFile.read(file, Map.of("PERMIT_API_KEY", "k", "OTHER", "secret"));
    }

    @Test
    void aGoodFileIsUnderstood_andOnlyNamedSettingsAreHandedOn() throws IOException {
        AgentDefinition agent = read(GOOD);
        assertThat(agent.name()).isEqualTo("things");
        assertThat(agent.servers().get(0).environment()).containsOnlyKeys("PERMIT_API_KEY");
        assertThat(agent.policy().allowed()).containsKeys("parent", "child");
        assertThat(agent.limits().steps()).isEqualTo(5);
        assertThat(agent.limits().turnTime()).isEqualTo(Duration.ofSeconds(30));
        assertThat(agent.limits().window()).isEqualTo(Limits.DEFAULTS.window());
        assertThat(agent.limits().windowTokens()).isEqualTo(100_000);
        assertThat(read(GOOD.replace("steps: 5", "window_tokens: 700")).limits().windowTokens())
                .isEqualTo(700);
        assertThat(agent.limits().summaryTokens()).isZero();
        assertThat(read(GOOD.replace("steps: 5", "summary_tokens: 300"))
                        .limits()
                        .summaryTokens())
                .isEqualTo(300);
    }

    @ParameterizedTest(name = "{1} -> {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            name: things                          | name: Bad Name                       | :1: expected a name
            title: Things                         | titel: Things                        | :2: expected one of
            command: [countersign, mcp, food]     | timeout: 3s                          | either a command or a url
            command: [countersign, mcp, food]     | command: food                        | :6: expected a list
            deadline: 7d                          | deadline: soon                       | :12: expected a time
            kind: access                          | kind: maybe                          | :12: expected access or operation
            deadline: 7d                          | remind_after: 7d                     | :12: expected a time below the deadline of 604800s
            deadline: 7d                          | deadline: 2d, escalate_after: 3d     | :12: expected a time below the deadline of 172800s
            deadline: 7d                          | remind_after: soon                   | :12: expected a time above zero
            deadline: 7d                          | remind: 1d                           | :12: expected one of
            deadline: 7d                          | deadline: 7d, risk: huge             | :12: expected low, medium or high, got 'huge'
            deadline: 7d                          | deadline: 7d, risk_note: why         | :12: expected a risk beside risk_note
            steps: 5                              | steps: 0                             | :13: expected steps (a whole number from 1 to 200)
            steps: 5                              | stepz: 5                             | expected one of
            child: [list_things]                  | child: list_things                   | :10: expected a list of tools
            `"*"`                                   | `"*`                                   | expected YAML
            name: things                          | name: [a                             | expected YAML
            """)
    void aBadFileIsRefusedWithFileLineAndWhatWasExpected(String good, String bad, String complaint) {
        assertThat(GOOD).contains(good);
        assertThatThrownBy(() -> read(GOOD.replace(good, bad)))
                .hasMessageContaining("CS-601")
                .hasMessageContaining("things.yaml")
                .hasMessageContaining(complaint);
    }

    @Test
    void aDeadlineMayBeLeftOut_andTimesToRemindAndEscalateMayBeGiven() throws IOException {
        String text = GOOD.replace(", deadline: 7d}", ", remind_after: 1d}\n  file_operation: {kind: operation}")
                .replace("limits:", """
                        approvals:
                          drop_thing:
                            file_with: file_operation
                            resource_instance: "3"
                            operation: drop_thing
                            reason: why
                            escalate_after: 3h
                        limits:""");
        ToolPolicy policy = read(text).policy();
        assertThat(policy.requests())
                .extracting(RequestRule::waiting)
                .containsExactlyInAnyOrder(
                        new Waiting(Duration.ofDays(7), Duration.ofDays(1), null), Waiting.until(Duration.ofDays(1)));
        assertThat(policy.approvals())
                .extracting(ApprovalRule::waiting)
                .containsExactly(new Waiting(Duration.ofDays(1), null, Duration.ofHours(3)));
    }

    @Test
    void whatIsSaidOfRisksIsUnderstood_andNothingIsMadeUp() throws IOException {
        String stated = GOOD.replace("deadline: 7d}", "risk: high, risk_note: opens it all}\n  other: {kind: access}");
        assertThat(read(stated).policy().risks())
                .containsExactly(Map.entry("create_access_request", new Risk(Risk.Level.HIGH, "opens it all")));
        assertThat(read(GOOD).policy().risks()).isEmpty();
        assertThatThrownBy(() -> read(stated.replace("opens it all", "x".repeat(201))))
                .hasMessageContaining("one line of at most 200");
        assertThatThrownBy(() -> read(stated.replace("opens it all", "\"two\\nlines\"")))
                .hasMessageContaining("one line of at most 200");
    }

    @Test
    void whatIsKeptIsSaidByAgeByCountOrBoth_andIsEverythingWhenNothingIsSaid() throws IOException {
        assertThat(read(GOOD).retention().isForever()).isTrue();
        assertThat(read(GOOD + "retention: {age: 90d, count: 500}\n").retention())
                .isEqualTo(new Retention(Duration.ofDays(90), 500));
        assertThat(read(GOOD + "retention: {count: 1}\n").retention()).isEqualTo(new Retention(null, 1));
        for (String bad : List.of("{}", "{age: 0d}", "{count: 0}", "{age: soon}", "{days: 3}", "90d")) {
            assertThatThrownBy(() -> read(GOOD + "retention: " + bad + "\n"))
                    .as(bad)
                    .hasMessageContaining("CS-601")
                    .hasMessageContaining(":14: expected");
        }
    }

    @Test
    void twoAgentsOfOneNameAreRefused() throws IOException {
        Files.writeString(folder.resolve("one.yaml"), GOOD);
        Files.writeString(folder.resolve("two.yaml"), GOOD);
        assertThatThrownBy(() -> AgentFile.readAll(folder, Map.of()))
                .hasMessageContaining("CS-601")
                .hasMessageContaining("two.yaml");
    }

    @Test
    void theShippedAgentIsUnderstood() {
        assertThat(AgentFile.readAll(Path.of("graphs"), Map.of()))
                .extracting(AgentDefinition::name)
                .contains("food-ordering");
        assertThat(AgentFile.readAll(Path.of("graphs"), Map.of())
                        .get(0)
                        .policy()
                        .risks())
                .containsOnlyKeys("create_access_request", "create_operation_approval");
    }
}
