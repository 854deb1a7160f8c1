package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.app.RunningServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands without a server that was started before: over the real store, the emulator and the shipped agent. */
final class OwnServerTest {
    @TempDir
    Path folder;

    private Terminal terminal;

    @BeforeEach
    void standInAFolderOfItsOwn() throws IOException {
        Files.createDirectories(folder.resolve("checkpoints"));
        terminal = new Terminal(folder, Path.of("").toAbsolutePath());
    }

    @Test
    void commandRunsAServerForAsLongAsItLasts_andTheLoginOutlivesIt() throws IOException {
        assertThat(terminal.run("a long one\n", "users", "add", "henry"))
                .as(terminal.err())
                .isZero();
        assertThat(terminal.err()).contains("no PERMIT_API_KEY is set").contains("offline demo model");
        assertThat(terminal.run("a long one\n", "login", "--user", "henry")).isZero();
        assertThat(terminal.run("", "threads", "--json")).isZero();

        assertThat(terminal.json()).isEmpty();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(".countersign"))))
                .isEqualTo("rwx------");
        assertThat(folder.resolve(".countersign").resolve("server.url")).doesNotExist();
    }

    @Test
    void runningServerOfTheStore_isUsed_untilItIsGone() {
        try (RunningServer running = RunningServer.start(terminal.config(), new RunningServer.Options(0, true))) {
            assertThat(terminal.run("henry_password\n", "login", "--user", "henry"))
                    .isZero();
            assertThat(terminal.err()).isEmpty();
            assertThat(terminal.run("", "threads", "--server", running.url().toString()))
                    .isZero();
            assertThat(terminal.run("", "log", "verify")).isZero();
            assertThat(terminal.out()).contains("the log is empty");
            assertThat(terminal.run("", "doctor")).isZero();
            assertThat(terminal.out()).contains("one runs on this store at " + running.url());
        }
        assertThat(terminal.run("", "doctor")).isZero();
        assertThat(terminal.out()).contains("no server runs on it").contains("food-ordering");
    }

    /** The launcher keeps what the JVM has learned by its end. */
    @Test
    void rehearsal_livesThroughTwoApprovals_andEnds() {
        assertThat(terminal.run("", "rehearse")).as(terminal.err()).isZero();
        assertThat(terminal.out()).startsWith("rehearsed").containsIgnoringCase("ordered");
        assertThat(folder.resolve("checkpoints")).isEmptyDirectory();
    }

    @Test
    void users_areAddedListedDisabledAndGivenAnotherPassword() {
        try (RunningServer running = RunningServer.start(terminal.config(), new RunningServer.Options(0, true))) {
            assertThat(terminal.run("", "users", "list")).isZero();
            assertThat(terminal.out()).contains("rose").doesNotContain("grandma");
            assertThat(running.url()).isNotNull();
            careForUsers();
        }
    }

    private void careForUsers() {
        assertThat(terminal.run("a long one\n", "users", "add", "grandma")).isZero();
        assertThat(terminal.run("", "users", "disable", "rose")).isZero();
        assertThat(terminal.run("", "users", "list", "--json")).isZero();
        assertThat(terminal.json().findValuesAsText("user")).contains("grandma", "rose");
        assertThat(terminal.run("rose_password\n", "login", "--user", "rose")).isEqualTo(4);
        assertThat(terminal.run("", "users", "enable", "rose")).isZero();
        assertThat(terminal.run("another one\n", "users", "passwd", "rose")).isZero();
        assertThat(terminal.run("another one\n", "login", "--user", "rose")).isZero();
        assertThat(terminal.run("", "users", "disable", "nobody")).isEqualTo(1);
        assertThat(terminal.err()).contains("there is no login named 'nobody'");
    }

    @Test
    void withoutDemo_theFamilyCannotLogIn() {
        assertThat(terminal.run("henry_password\n", "login", "--user", "henry")).isEqualTo(4);
        assertThat(terminal.run("henry_password\n", "login", "--user", "henry", "--demo"))
                .isZero();
    }

    @Test
    void graph_isPrintedAsMermaid() {
        assertThat(terminal.run("", "graph", "food-ordering")).isZero();
        assertThat(terminal.out()).contains("flowchart").contains("await");
    }

    @Test
    void doctor_startsEachAgentsServers_andSaysWhichDoesNot() throws IOException {
        assertThat(terminal.run("", "doctor")).as(terminal.out()).isZero();
        assertThat(terminal.out())
                .contains("servers of food-ordering: food: 14 tools")
                .contains("state folder: ")
                .contains("there is none yet; the first start makes ");
        assertThat(folder.resolve(".countersign")).doesNotExist();

        Path agent = folder.resolve("graphs").resolve("broken.yaml");
        Files.createDirectory(agent.getParent());
        assertThat(terminal.run("", "doctor")).isEqualTo(1);
        assertThat(terminal.out()).contains("expected at least one agent");
        Files.writeString(agent, """
                name: broken
                title: Broken
                prompt: Be brief.
                servers:
                  gone: {command: ["false"]}
                roles:
                  parent: ["*"]
                """);
        assertThat(terminal.run("", "doctor")).isEqualTo(1);
        assertThat(terminal.out()).contains("FAIL  servers of broken: ").contains("gone");
    }

    @Test
    void doctor_seesKeysThatOthersCanRead_andAStateFolderThatIsNone() throws IOException {
        Path state = Files.createDirectory(folder.resolve(".countersign"));
        Files.writeString(state.resolve("login.key"), "not a key");
        assertThat(terminal.run("", "doctor")).isEqualTo(1);
        assertThat(terminal.out()).contains("FAIL  state folder: [CS-706]");

        terminal.with(
                "COUNTERSIGN_STATE_DIR",
                Files.createFile(folder.resolve("file")).toString());
        assertThat(terminal.run("", "doctor")).isEqualTo(1);
        assertThat(terminal.out()).contains("FAIL  state folder: ").contains("is no folder");
    }
}
