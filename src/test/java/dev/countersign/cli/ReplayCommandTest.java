package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.core.Json;
import dev.countersign.core.Principal;
import dev.countersign.server.ServerFixture;
import dev.countersign.thread.ThreadKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("store")
final class ReplayCommandTest {
    private static final Path KEPT = Path.of("src/test/resources/replay/1");

    @TempDir
    Path folder;

    private static List<Path> kept() throws IOException {
        try (var files = Files.list(KEPT)) {
            return files.sorted().limit(2).toList();
        }
    }

    @Test
    void filesAndFoldersReplayWithoutAServer_andTheExitCodeSaysWhetherAllWereEqual() throws IOException {
        Terminal terminal = new Terminal(folder);
        for (Path file : kept()) {
            Files.copy(file, folder.resolve(file.getFileName()));
        }
        assertThat(terminal.run("", "replay", kept().get(0).toString())).isZero();
        assertThat(terminal.out()).startsWith("equal: thread ").contains(" turns, ", "digest ");
        assertThat(terminal.run("", "replay", "--json", folder.toString())).isZero();
        assertThat(terminal.json()).hasSize(2);
        assertThat(terminal.json().path(1).path("equal").asBoolean()).isTrue();
        assertThat(terminal.run("", "replay")).isEqualTo(2);
    }

    @Test
    void aFileThatWasChanged_orIsOfAnotherFormat_orIsNotThere_isRefused() throws IOException {
        Terminal terminal = new Terminal(folder);
        String whole = Files.readString(kept().get(0));
        Path changed = Files.writeString(folder.resolve("changed.json"), whole.replace("\"at\":\"20", "\"at\":\"19"));
        assertThat(terminal.run("", "replay", changed.toString())).isEqualTo(1);
        assertThat(terminal.err()).contains("CS-646", "changed.json");
        Path newer = Files.writeString(folder.resolve("newer.json"), whole.replace("\"format\":1", "\"format\":9"));
        assertThat(terminal.run("", "replay", newer.toString())).isEqualTo(1);
        assertThat(terminal.err()).contains("CS-647", "format 9");
        assertThat(terminal.run("", "replay", folder.resolve("none.json").toString()))
                .isNotZero();
    }

    @Test
    void aConversationIsExportedAndReplayedFromTheServer_byWhoeverMaySeeIt(@TempDir Path serversFolder)
            throws IOException {
        try (ServerFixture server = new ServerFixture(serversFolder)) {
            Terminal terminal = new Terminal(folder)
                    .with("COUNTERSIGN_SERVER", server.url("").toString());
            assertThat(terminal.run("henry_password\n", "login", "--user", "henry"))
                    .isZero();
            String thread = server.runtime
                    .open(new Principal("henry"), "echo", ThreadKind.CHAT, "a chat")
                    .id();
            Path file = folder.resolve("out.json");
            assertThat(terminal.run("", "replay", "export", thread, "--redact", "--out", file.toString()))
                    .isZero();
            assertThat(Json.read(Files.readString(file)).path("redacted").asBoolean())
                    .isTrue();
            assertThat(Files.readString(file)).doesNotContain("henry");
            assertThat(terminal.run("", "replay", thread, file.toString())).isZero();
            assertThat(terminal.out().lines())
                    .hasSize(3)
                    .startsWith(terminal.out()
                            .lines()
                            .filter(line -> line.startsWith("equal: "))
                            .toArray(String[]::new));
            assertThat(terminal.out())
                    .contains("\n2 conversations, ")
                    .contains(" 0 diverged; ")
                    .contains(" turns/s, ");

            assertThat(terminal.run("joe_password\n", "login", "--user", "joe")).isZero();
            assertThat(terminal.run("", "replay", "export", thread)).isEqualTo(1);
            assertThat(terminal.err()).contains("no such thread");
        }
    }

    @Test
    void whatIf_tellsWhereAChangedAgentFileDiffers_forPeopleAndPrograms() throws IOException {
        Terminal terminal = new Terminal(folder);
        String order = KEPT.resolve("family-an-order.json").toString();
        assertThat(terminal.run("", "replay", "--mode", "what-if", order)).isZero();
        assertThat(terminal.out()).startsWith("the same: thread ").contains(", 1 turns, 0 differences");

        Path agent = folder.resolve("stricter.yaml");
        String shipped = Files.readString(Path.of("graphs/food-ordering.yaml"));
        Files.writeString(
                agent,
                shipped.replaceAll("(?m)^examples:.*\n", "")
                        + "\napprovals:\n  order_dish:\n    file_with: create_operation_approval\n"
                        + "    resource_instance: \"{restaurant_id}\"\n    operation: \"order_dish: {dish_name}\"\n"
                        + "    reason: \"Order {dish_name}\"\n");
        assertThat(terminal.run("", "replay", "--mode", "what-if", "--agent", agent.toString(), order))
                .isEqualTo(1);
        assertThat(terminal.out())
                .contains(
                        "otherwise: thread ",
                        "approval newly asked: order_dish {",
                        "node gate, route",
                        "note: the prompt");
        assertThat(terminal.run("", "replay", "--mode", "what-if", "--agent", agent.toString(), "--json", order))
                .isEqualTo(1);
        assertThat(terminal.json()
                        .path(0)
                        .path("approvals_new")
                        .path(0)
                        .path("tool")
                        .asText())
                .isEqualTo("order_dish");
        assertThat(terminal.run("", "replay", "--mode", "what-if", "--model", "offline", "--roles", "a,b", order))
                .isEqualTo(1);
        assertThat(terminal.run("", "replay", "--mode", "maybe", order)).isEqualTo(2);
        assertThat(terminal.run("", "replay", "--model", "offline", order)).isEqualTo(2);
        assertThat(terminal.err()).contains("--mode what-if");
    }
}
