package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.countersign.core.Json;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import dev.countersign.server.ServerFixture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("store")
final class CommandsTest {
    @TempDir
    Path folder;

    private ServerFixture server;
    private Terminal terminal;

    @BeforeEach
    void start(@TempDir Path serversFolder) throws IOException {
        server = new ServerFixture(serversFolder);
        terminal =
                new Terminal(folder).with("COUNTERSIGN_SERVER", server.url("").toString());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void login(String user) {
        assertThat(terminal.run(user + "_password\n", "login", "--user", user)).isZero();
    }

    @Test
    void login_keepsTheTokenWhereOnlyItsOwnerReadsIt_andLogoutForgetsIt() throws IOException {
        assertThat(terminal.run("henry\nhenry_password\n", "login")).isZero();
        assertThat(terminal.out()).isEqualTo("logged in as henry\n");
        Path file = folder.resolve(".countersign").resolve("tokens.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file)).doesNotContain("henry_password");

        assertThat(terminal.run("", "threads")).isZero();
        assertThat(terminal.run("", "logout")).isZero();
        assertThat(terminal.run("", "threads")).isEqualTo(4);
        assertThat(terminal.err()).contains("countersign login");
    }

    @Test
    void exitCodes_tellWhatWentWrong() {
        assertThat(terminal.run("", "--help")).isZero();
        assertThat(terminal.run("", "chat", "--help")).isZero();
        assertThat(terminal.run("")).isEqualTo(2);
        assertThat(terminal.run("", "unknown-command")).isEqualTo(2);
        assertThat(terminal.run("", "thread", "show")).isEqualTo(2);
        assertThat(terminal.run("wrong\n", "login", "--user", "henry")).isEqualTo(4);
        assertThat(terminal.err()).isEqualTo("countersign: [CS-701] Incorrect username or password\n");
        login("henry");
        assertThat(terminal.run("", "thread", "show", "nothing")).isEqualTo(1);
        assertThat(terminal.run("", "threads", "--server", "http://127.0.0.1:1", "--user", "x"))
                .isEqualTo(4);
        assertThat(terminal.run("x\n", "login", "--server", "http://127.0.0.1:1", "--user", "x"))
                .isEqualTo(3);
        assertThat(terminal.out()).isEmpty();
    }

    @Test
    void passwordFromTheSettings_answersThePrompt() {
        terminal.with("COUNTERSIGN_PASSWORD", "henry_password");

        assertThat(terminal.run("", "threads", "--user", "henry", "--json")).isZero();
        assertThat(terminal.json()).isEmpty();
    }

    @Test
    void chat_saysEachLineOfItsInput_andPrintsTheAnswersOnly() {
        assertThat(terminal.run("henry_password\nhello\n\nagain\nexit\nnever said\n", "chat", "--user", "henry"))
                .isZero();

        assertThat(terminal.out()).isEqualTo("Assistant: you said: hello\nAssistant: you said: again\n");
        assertThat(terminal.err()).contains("countersign chat --thread thread-1");
        assertThat(server.get("henry", "/api/threads/thread-1/messages").body()).doesNotContain("never said");
    }

    @Test
    void chat_takesAThreadUpAgain_andShowsWhatWasSaid() {
        terminal.run("henry_password\nthe menu please\n", "chat", "--user", "henry");
        assertThat(terminal.out()).contains("Waiting: waits for a reviewer");

        assertThat(terminal.run("thanks\n", "chat", "--thread", "thread-1")).isZero();

        assertThat(terminal.out()).contains("Assistant: you said: thanks");
        assertThat(terminal.run("x\n", "chat", "--thread", "unknown")).isEqualTo(1);
    }

    @Test
    void chat_failedTurn_isAnErrorToThePersonOnly() {
        assertThat(terminal.run("henry_password\nfail\nhello\n", "chat", "--user", "henry"))
                .isZero();

        assertThat(terminal.out()).isEqualTo("Error: the model could not be reached\nAssistant: you said: hello\n");
    }

    @Test
    void threads_areListedAndShown_asTableAndAsJson() {
        terminal.run("henry_password\nhello\n", "chat", "--user", "henry");

        assertThat(terminal.run("", "threads")).isZero();
        assertThat(terminal.out()).contains("thread-1").contains("IDLE").contains("hello");
        assertThat(terminal.run("", "threads", "--json")).isZero();
        assertThat(terminal.json().path(0).path("id").asText()).isEqualTo("thread-1");
        assertThat(terminal.run("", "thread", "show", "thread-1")).isZero();
        assertThat(terminal.out())
                .contains("You: hello")
                .contains("calls listen")
                .contains("Assistant: you said");
        assertThat(terminal.run("", "thread", "show", "thread-1", "--json")).isZero();
        assertThat(terminal.json().path("transcript")).hasSize(4);
        assertThat(terminal.out()).doesNotContain("\u001b");
    }

    @Test
    void approvals_areListed_approvedAndDenied() {
        server.permit.filed("a1", RequestKind.ACCESS, "henry");
        server.permit.filed("o1", RequestKind.OPERATION, "henry");
        login("joe");

        assertThat(terminal.run("", "approvals")).isZero();
        assertThat(terminal.out())
                .contains("a1")
                .contains("Fancy French")
                .contains("order_dish: Truffle Pasta")
                .contains("not stated");
        assertThat(terminal.run("", "approvals", "list", "--json")).isZero();
        assertThat(terminal.json().path(0).path("view").asText()).isEqualTo("review");
        assertThat(terminal.run("", "approvals", "approve", "a1", "--comment", "enjoy"))
                .isZero();
        assertThat(terminal.out()).isEqualTo("approved access request a1\n");
        assertThat(terminal.run("", "approvals", "deny", "o1", "--json")).isZero();
        assertThat(terminal.json().path("status").asText()).isEqualTo("denied");
        assertThat(terminal.run("", "approvals", "deny", "a1")).isEqualTo(1);

        assertThat(server.permit.request("a1").reviewerComment()).isEqualTo("enjoy");
        assertThat(server.permit.request("o1").status()).isEqualTo(RequestStatus.DENIED);
    }

    @Test
    void userNamedBeforeTheSubcommand_actsAlsoThere() {
        server.permit.filed("a1", RequestKind.ACCESS, "henry");
        login("joe");
        login("rose");

        assertThat(terminal.run("", "approvals", "--user", "joe", "approve", "a1"))
                .as(terminal.err())
                .isZero();
        assertThat(server.permit.request("a1").reviewer()).isEqualTo("joe");
        assertThat(terminal.run("", "jobs", "--user", "nobody", "submit", "count"))
                .isEqualTo(4);
        assertThat(terminal.err()).contains("'nobody' is not logged in here");
        assertThat(terminal.run("", "jobs", "--json", "submit", "count")).isZero();
        assertThat(terminal.json().path("owner").asText()).isEqualTo("rose");
    }

    @Test
    void beginningOfAnId_standsForIt_whenItIsTheOnlyOne() {
        server.permit.filed("8705d298-faa9-304c-81fb-85a1b56ab988", RequestKind.ACCESS, "henry");
        server.permit.filed("12345678-0000-304c-81fb-85a1b56ab988", RequestKind.ACCESS, "henry");
        server.permit.filed("12345678-0001-304c-81fb-85a1b56ab988", RequestKind.ACCESS, "henry");
        login("joe");

        assertThat(terminal.run("", "approvals", "deny", "12345678-000")).isEqualTo(2);
        assertThat(terminal.err()).contains("begins 2 of them");
        assertThat(terminal.run("", "approvals", "deny", "8705d29")).isEqualTo(1);
        // Longer than a whole id of ours, and the beginning of one of Permit's.
        assertThat(terminal.run("", "approvals", "deny", "8705d298-faa9-304c-81fb"))
                .isZero();
        assertThat(terminal.out()).contains("8705d298-faa9-304c-81fb-85a1b56ab988");
        assertThat(terminal.run("", "thread", "show", "")).isEqualTo(2);
        assertThat(terminal.err()).contains("expected an id");
    }

    @Test
    void wrongServer_isSaidSoAtOnce() {
        for (String url : List.of("foo", "ftp://127.0.0.1/", "http:foo")) {
            assertThat(terminal.run("", "threads", "--server", url)).as(url).isEqualTo(2);
            assertThat(terminal.err())
                    .as(url)
                    .contains("expected --server to be a URL")
                    .hasLineCount(1);
        }
    }

    @Test
    void whateverElseAnswers_isNoServerOfOurs() throws IOException {
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("<html>hello</html>".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        other.start();
        try {
            String url = "http://127.0.0.1:" + other.getAddress().getPort();
            assertThat(terminal.run("x\n", "login", "--server", url, "--user", "joe"))
                    .isEqualTo(3);
            assertThat(terminal.err()).contains("is no Countersign server").hasLineCount(1);
        } finally {
            other.stop(0);
        }
    }

    @Test
    void unusableStateFolder_isOneLineWithoutAStack() throws IOException {
        Path file = Files.createFile(folder.resolve("no-folder"));
        Terminal alone = new Terminal(folder).with("COUNTERSIGN_STATE_DIR", file.toString());

        assertThat(alone.run("", "threads")).isEqualTo(1);
        assertThat(alone.err())
                .hasLineCount(1)
                .contains("[CS-125] could not make the state folder " + file)
                .doesNotContain("\tat ");
    }

    @Test
    void textBeyondTheLimit_isNotSent_andThePersonIsTold() {
        assertThat(terminal.run(
                        "henry_password\n" + "x".repeat(32_001) + "\n" + "\u4e16".repeat(32_000) + "\n"
                                + "\u4e16".repeat(20_000) + "\n",
                        "chat",
                        "--user",
                        "henry"))
                .isZero();
        assertThat(terminal.out())
                .startsWith("Error: expected at most 32000 characters, got 32001; this was not sent\n");
        assertThat(terminal.out())
                .contains("Error: expected at most 65536 bytes, got 96014; this was not sent\n")
                .contains("you said: \u4e16");
    }

    @Test
    void ownRequest_cannotBeApprovedFromHereEither() {
        server.permit.filed("own", RequestKind.ACCESS, "joe");
        login("joe");

        assertThat(terminal.run("", "approvals", "approve", "own")).isEqualTo(4);
        assertThat(server.permit.request("own").status()).isEqualTo(RequestStatus.PENDING);
    }

    @Test
    void jobs_areSubmittedAwaitedListedShownAndCanceled() {
        login("henry");

        assertThat(terminal.run("", "jobs", "submit", "count to ten", "--wait")).isZero();
        String id = terminal.out().strip();
        assertThat(terminal.run("", "jobs", "show", id)).isZero();
        assertThat(terminal.out()).contains("result: done: count to ten");
        assertThat(terminal.run("", "jobs", "list", "--json")).isZero();
        assertThat(terminal.json()).hasSize(1);
        assertThat(terminal.run("", "jobs", "cancel", id)).isZero();
        assertThat(terminal.run("", "jobs", "show", id, "--json")).isZero();
        assertThat(terminal.json().path("status").asText()).isEqualTo("CANCELED");
        assertThat(terminal.run("", "jobs", "cancel", id)).isZero();
        assertThat(terminal.out()).isEqualTo("there was nothing to cancel, it is canceled: " + id + "\n");
        assertThat(terminal.run("", "jobs", "submit", " ")).isEqualTo(2);
    }

    @Test
    void expiredLogin_isRenewed_asLongAsItIsUsedNowAndThen() {
        login("henry");
        server.clock.advance(Duration.ofMinutes(31));
        assertThat(terminal.run("", "threads")).isZero();
        server.clock.advance(Duration.ofDays(13));
        assertThat(terminal.run("hello\n", "chat")).isZero();
        assertThat(terminal.out()).isEqualTo("Assistant: you said: hello\n");
        server.clock.advance(Duration.ofDays(15));

        assertThat(terminal.run("", "threads")).isEqualTo(4);
        assertThat(terminal.err()).contains("log in again");
    }

    @Test
    void logout_endsTheLoginAtTheServer() throws IOException {
        login("henry");
        Path file = folder.resolve(".countersign").resolve("tokens.json");
        String token = Json.read(Files.readString(file))
                .findValue("tokens")
                .path("henry")
                .asText();
        assertThat(server.send(server.request("/api/me").header("Authorization", "Bearer " + token))
                        .statusCode())
                .isEqualTo(200);

        assertThat(terminal.run("", "logout")).isZero();

        assertThat(server.send(server.request("/api/me").header("Authorization", "Bearer " + token))
                        .statusCode())
                .isEqualTo(401);
        assertThat(Files.readString(file)).doesNotContain("eyJ");
        assertThat(terminal.run("", "threads")).isEqualTo(4);
    }

    @Test
    void passwordsDoNotCrossANetworkInTheClear() {
        for (String[] command : new String[][] {
            {"login", "--user", "joe"}, {"threads"}, {"jobs"}, {"approvals"}, {"effects"}, {"chat"}, {"logout"}
        }) {
            String[] whole = Arrays.copyOf(command, command.length + 2);
            whole[command.length] = "--server";
            whole[command.length + 1] = "http://countersign.example";
            assertThat(terminal.run("x\n", whole)).as(whole[0]).isEqualTo(2);
            assertThat(terminal.err()).as(whole[0]).contains("--insecure-http");
        }
    }

    @Test
    void foreignWords_cannotSteerTheTerminal() {
        terminal.run("henry_password\nred \u001b[31m bell \u0007\n", "chat", "--user", "henry");
        await().until(() -> server.get("henry", "/api/threads").body().contains("IDLE"));

        assertThat(terminal.out()).doesNotContain("\u001b").doesNotContain("\u0007");
        terminal.run("", "threads");
        assertThat(terminal.out()).doesNotContain("\u001b");
    }
}
