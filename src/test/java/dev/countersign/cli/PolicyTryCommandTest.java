package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Principal;
import dev.countersign.replay.Fixture;
import dev.countersign.replay.Recording;
import dev.countersign.server.ServerFixture;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("store")
final class PolicyTryCommandTest {
    private static final Path KEPT = Path.of("src/test/resources/replay/1");
    private static final String ORDER = KEPT.resolve("family-an-order.json").toString();
    private static final String PERMISSIONS = "graphs/food-ordering.permit.yaml";

    @TempDir
    Path folder;

    private static String shipped() throws IOException {
        return Files.readString(Path.of("graphs/food-ordering.yaml")).replaceAll("(?m)^examples:.*\n", "");
    }

    private Path agent(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private Path stricter() throws IOException {
        return agent(
                "stricter.yaml",
                shipped() + "\napprovals:\n  order_dish:\n    file_with: create_operation_approval\n"
                        + "    resource_instance: \"{restaurant_id}\"\n    operation: \"order_dish: {dish_name}\"\n"
                        + "    reason: \"Order {dish_name}\"\n");
    }

    private static JsonNode row(JsonNode told, String tool) {
        return StreamSupport.stream(told.path("tools").spliterator(), false)
                .filter(row -> row.path("tool").asText().equals(tool)
                        && row.path("changed").asBoolean())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aFolderIsJudgedWithoutAServer_andTheExitCodeSaysWhetherAnythingFaresOtherwise() throws IOException {
        Terminal terminal = new Terminal(folder);
        Path same = agent("same.yaml", shipped());
        assertThat(terminal.run("", "policy", "try", "--agent", same.toString(), KEPT.toString()))
                .as(terminal.err())
                .isZero();
        assertThat(terminal.out())
                .contains("as before: order_dish: goes through, ", "left out: 9 of agent volumes")
                .contains("note: each call is judged by itself")
                .contains(" as before, 0 newly 'goes through', 0 newly 'files a request', 0 newly 'needs approval'")
                .doesNotContain("otherwise: ");

        assertThat(terminal.run(
                        "", "policy", "try", "--agent", stricter().toString(), "--samples", "2", KEPT.toString()))
                .isEqualTo(1);
        assertThat(terminal.out()).contains("otherwise: order_dish: goes through -> needs approval, ");
        assertThat(terminal.out().lines().filter(line -> line.startsWith("- thread ")))
                .hasSize(2)
                .allMatch(line -> line.contains(", step ") && line.contains("{\"restaurant_id\":"));

        assertThat(terminal.run("", "policy", "try", "--agent", stricter().toString(), "--json", ORDER))
                .isEqualTo(1);
        JsonNode told = terminal.json();
        assertThat(told.path("conversations").asInt()).isEqualTo(1);
        assertThat(told.path("changed").asInt()).isEqualTo(1);
        assertThat(told.path("newly").path("ask").asInt()).isEqualTo(1);
        assertThat(row(told, "order_dish").path("before").asText()).isEqualTo("run");
        assertThat(row(told, "order_dish").path("after").asText()).isEqualTo("ask");
        assertThat(row(told, "order_dish").path("samples").path(0).path("step").asInt())
                .isPositive();
    }

    @Test
    void otherPermissionsOfRoles_areTriedFromASetupFile() throws IOException {
        Terminal terminal = new Terminal(folder);
        String needs = "list_dishes=read,order_dish=read";
        assertThat(terminal.run("", "policy", "try", "--permissions", PERMISSIONS, "--needs", needs, KEPT.toString()))
                .as(terminal.err())
                .isZero();
        Path less = agent(
                "less.permit.yaml",
                Files.readString(Path.of(PERMISSIONS)).replace("permissions: [read]", "permissions: [create]"));
        assertThat(terminal.run(
                        "", "policy", "try", "--permissions", less.toString(), "--needs", needs, "--json", ORDER))
                .isEqualTo(1);
        assertThat(row(terminal.json(), "order_dish").path("after").asText()).isEqualTo("deny");

        assertThat(terminal.run("", "policy", "try", "--permissions", PERMISSIONS, "--needs", "order_dish=reed", ORDER))
                .isEqualTo(2);
        assertThat(terminal.err()).contains("CS-654", "'reed'", "order_dish", "update");
        assertThat(terminal.run("", "policy", "try", "--permissions", PERMISSIONS, ORDER))
                .isEqualTo(2);
        assertThat(terminal.err()).contains("--needs");
    }

    @Test
    void whatMakesNoSense_isRefusedInPlainWords() throws IOException {
        Terminal terminal = new Terminal(folder);
        String agent = stricter().toString();
        assertThat(terminal.run("", "policy")).isEqualTo(2);
        assertThat(terminal.run("", "policy", "try", ORDER)).isEqualTo(2);
        assertThat(terminal.err()).contains("CS-652", "--agent", "--permissions");
        String volumes = KEPT.resolve("volumes-expired.json").toString();
        assertThat(terminal.run("", "policy", "try", "--agent", agent, volumes)).isEqualTo(1);
        assertThat(terminal.err()).contains("CS-653", "of other agents: volumes");
        assertThat(terminal.run("", "policy", "try", "--agent", "pom.xml", ORDER))
                .isEqualTo(2);
        assertThat(terminal.err()).contains("CS-601");
        assertThat(terminal.run(
                        "",
                        "policy",
                        "try",
                        "--agent",
                        folder.resolve("none.yaml").toString(),
                        ORDER))
                .isEqualTo(2);
        assertThat(terminal.run("", "policy", "try", "--agent", agent, "--samples", "-1", ORDER))
                .isEqualTo(2);
        assertThat(terminal.run("", "policy", "try", "--agent", agent, "--all", ORDER))
                .isEqualTo(2);
        assertThat(terminal.run("", "policy", "try", "--agent", agent, "--since", "yesterday"))
                .isEqualTo(2);
        assertThat(terminal.err()).contains("'yesterday'");
        assertThat(terminal.run("", "policy", "try", "--agent", agent, "--last", "0"))
                .isEqualTo(2);
        assertThat(terminal.run("", "policy", "try", "--agent", agent, "--last", "3", "--all"))
                .isEqualTo(2);
        assertThat(terminal.run("", "policy", "try", "--agent", agent, "--needs", "order_dish", ORDER))
                .isEqualTo(2);
        Path damaged = Files.writeString(folder.resolve("damaged.json"), "{\"format\":1}");
        assertThat(terminal.run("", "policy", "try", "--agent", agent, damaged.toString()))
                .isEqualTo(1);
        assertThat(terminal.err()).contains("CS-646");
    }

    /** The recording with other arguments, as a model might write them. */
    private static Recording hostile(Recording recording) {
        List<Recording.Stride> steps = new ArrayList<>();
        for (Recording.Stride step : recording.steps()) {
            List<Message> messages = step.messages().stream()
                    .map(message -> new Message(
                            message.role(),
                            message.text(),
                            message.calls().stream()
                                    .map(call -> new Message.ToolCall(
                                            call.id(),
                                            call.tool(),
                                            call.arguments()
                                                    .replace("Zioylfc", "\u001b[2J\u0007\u009b31m" + "x".repeat(5000))))
                                    .toList(),
                            message.callId(),
                            message.tool(),
                            message.error(),
                            message.at()))
                    .toList();
            steps.add(new Recording.Stride(
                    step.id(), step.node(), step.next(), step.at(), step.seen(), step.state(), messages));
        }
        return new Recording(
                recording.thread(), recording.settings(), recording.events(), recording.approvals(), steps);
    }

    @Test
    void whatAModelWrote_isShortened_andSteersNoTerminal() throws IOException {
        Terminal terminal = new Terminal(folder);
        Path file = folder.resolve("hostile.json");
        Files.writeString(
                file, Fixture.write(hostile(Fixture.read(Path.of(ORDER)).recording()), false));
        for (String form : List.of("--json", "--samples=3")) {
            assertThat(terminal.run("", "policy", "try", "--agent", stricter().toString(), form, file.toString()))
                    .isEqualTo(1);
            assertThat(terminal.out())
                    .contains("order_dish", "xxx")
                    .doesNotContain("\u001b", "\u0007", "\u009b", "\\u001b", "x".repeat(200));
        }
    }

    @Test
    void conversationsComeFromTheServer_inTheLoginsName(@TempDir Path serversFolder) throws IOException {
        try (ServerFixture server = new ServerFixture(serversFolder)) {
            server.clock.advance(Duration.between(server.clock.instant(), Instant.now()));
            Terminal terminal = new Terminal(folder)
                    .with("COUNTERSIGN_SERVER", server.url("").toString());
            assertThat(terminal.run("henry_password\n", "login", "--user", "henry"))
                    .isZero();
            server.history.recorded = Fixture.read(Path.of(ORDER)).recording();
            for (int i = 0; i < 3; i++) {
                var unused = server.runtime.open(new Principal("henry"), "food-ordering", ThreadKind.CHAT, "a chat");
            }
            var other = server.runtime.open(new Principal("henry"), "echo", ThreadKind.CHAT, "of another agent");
            String agent = stricter().toString();
            assertThat(terminal.run("", "policy", "try", "--agent", agent))
                    .as(terminal.err())
                    .isEqualTo(1);
            assertThat(terminal.out())
                    .contains("3 calls in 3 conversations")
                    .contains("(see " + server.url("") + "/threads/")
                    .doesNotContain(other.id());
            assertThat(terminal.run("", "policy", "try", "--agent", agent, "--last", "2", "--json"))
                    .isEqualTo(1);
            assertThat(terminal.json().path("conversations").asInt()).isEqualTo(2);
            assertThat(terminal.run("", "policy", "try", "--agent", agent, "--since", "7d", "--json"))
                    .isEqualTo(1);
            assertThat(terminal.json().path("conversations").asInt()).isEqualTo(3);
            assertThat(terminal.run("", "policy", "try", "--agent", agent, "--all", "--json"))
                    .isEqualTo(1);

            assertThat(terminal.run("joe_password\n", "login", "--user", "joe")).isZero();
            assertThat(terminal.run("", "policy", "try", "--agent", agent, "--all"))
                    .isEqualTo(1);
            assertThat(terminal.err()).contains("CS-653");
            assertThat(terminal.run("", "policy", "try", "--agent", agent, other.id()))
                    .isEqualTo(1);
            assertThat(terminal.err()).contains("no such thread");
        }
    }
}
