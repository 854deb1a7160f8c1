package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.core.Json;
import dev.countersign.graph.AgentRuntime.EffectView;
import dev.countersign.server.ServerFixture;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("store")
final class EffectsCommandTest {
    private static final String ID = "ab12cd34".repeat(8);

    private ServerFixture server;
    private Terminal terminal;

    @BeforeEach
    void start(@TempDir Path folder, @TempDir Path serversFolder) throws IOException {
        server = new ServerFixture(serversFolder);
        terminal =
                new Terminal(folder).with("COUNTERSIGN_SERVER", server.url("").toString());
        assertThat(terminal.run("henry_password\n", "login", "--user", "henry")).isZero();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void unknown(String id) {
        server.runtime.effects.add(new EffectView(
                id,
                "thread-1",
                "echo",
                "a chat",
                "unknown",
                "do_thing",
                Json.object().put("name", "x"),
                1,
                "{\"error\":\"outcome_unknown\"}",
                server.clock.instant(),
                server.clock.instant(),
                server.clock.instant()));
    }

    @Test
    void unknownEffectsAreListedAndShown_withTheEvidence() {
        assertThat(terminal.run("", "effects")).isZero();
        assertThat(terminal.out()).isEqualTo("no call waits for your answer\n");
        unknown(ID);
        assertThat(terminal.run("", "effects", "list")).isZero();
        assertThat(terminal.out())
                .contains(ID.substring(0, 40))
                .contains("do_thing")
                .contains("{\"name\":\"x\"}")
                .contains("thread-1");
        assertThat(terminal.run("", "effects", "list", "--json")).isZero();
        assertThat(terminal.json().path(0).path("id").asText()).isEqualTo(ID);
        assertThat(terminal.run("", "effects", "show", ID.substring(0, 8))).isZero();
        assertThat(terminal.out())
                .contains("attempts: 1")
                .contains("dispatched at: ")
                .contains("arguments: {\"name\":\"x\"}");
    }

    @Test
    void promise4_anAnswerIsExactlyOneOfThree_andSaysWhatWillHappen() {
        unknown(ID);
        String id = ID.substring(0, 10);
        assertThat(terminal.run("", "effects", "resolve", id)).isEqualTo(2);
        assertThat(terminal.run("", "effects", "resolve", id, "--happened", "--did-not"))
                .isEqualTo(2);
        assertThat(server.runtime.answers).isEmpty();
        assertThat(terminal.run("", "effects", "resolve", id, "--retried")).isZero();
        assertThat(terminal.out()).contains("do_thing").contains("sent once more");
        assertThat(terminal.run("", "effects", "resolve", ID, "--happened")).isZero();
        assertThat(terminal.out()).contains("took effect");
        assertThat(terminal.run("", "effects", "resolve", ID, "--did-not")).isZero();
        assertThat(terminal.out()).contains("had no effect");
        assertThat(server.runtime.answers)
                .containsExactly("henry RETRY " + ID, "henry CONFIRM " + ID, "henry REFUTE " + ID);
    }

    @Test
    void aBeginningOfTwoIds_anUnknownId_andAnotherWord_areRefused() {
        unknown(ID);
        unknown(ID.substring(0, 60) + "ffff");
        assertThat(terminal.run("", "effects", "show", ID.substring(0, 12))).isEqualTo(2);
        assertThat(terminal.run("", "effects", "show", "nothing-of-the-kind")).isEqualTo(1);
        assertThat(server.post("henry", "/api/effects/" + ID + "/resolution", "{\"resolution\":\"maybe\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(server.send(server.request("/api/effects")).statusCode()).isEqualTo(401);
        assertThat(server.runtime.answers).isEmpty();
    }
}
