package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.server.ServerFixture;
import dev.countersign.server.StepSamples;
import dev.countersign.thread.ThreadKind;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("store")
final class HistoryCommandTest {
    private ServerFixture server;
    private Terminal terminal;
    private String thread;

    @BeforeEach
    void start(@TempDir Path folder, @TempDir Path serversFolder) throws IOException {
        server = new ServerFixture(serversFolder);
        terminal =
                new Terminal(folder).with("COUNTERSIGN_SERVER", server.url("").toString());
        assertThat(terminal.run("henry_password\n", "login", "--user", "henry")).isZero();
        thread = server.runtime
                .open(new Principal("henry"), "echo", ThreadKind.CHAT, "a chat")
                .id();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void steps(int count) {
        for (int seq = 1; seq <= count; seq++) {
            server.history.steps.add(StepSamples.everything(seq));
        }
    }

    @Test
    void aStepIsAHeadingAndALineForEachThingItDid_whateverTheWordsTry() {
        steps(1);
        assertThat(terminal.run("", "thread", "history", thread)).isZero();
        assertThat(terminal.out()).isEqualTo("""
                        #1  tools → model  2026-11-22T12:00:01Z
                            took up event 1: decision of approval
                            You: <script>alert(1)</script>[31m
                            order_dish {"dish":"<img src=x onerror=alert(1)>"} → unknown  effect 01234567, sent 1×, now unknown
                            list_dishes {} → refused
                            settled approval approval: operation to order_dish: Foie[2J Gras on 3, now spent by joe: enjoy[0m
                            + plan.items: {"toolName":1}
                            ~ steps: 1 → 2
                            - open: <b>[31mred
                        """);
    }

    @Test
    void theNewestStepsAreShown_oldestFirst_orAllOfThem() {
        steps(230);
        assertThat(terminal.run("", "thread", "history", thread)).isZero();
        assertThat(terminal.out()).startsWith("(there are earlier steps").contains("#181 ", "#230 ");
        assertThat(terminal.out()).doesNotContain("#180 ");
        assertThat(terminal.run("", "thread", "history", thread, "--json", "--limit", "120"))
                .isZero();
        assertThat(terminal.json()).hasSize(120);
        assertThat(terminal.json().path(0).path("seq").asInt()).isEqualTo(111);
        assertThat(terminal.run("", "thread", "history", thread, "--json", "--all"))
                .isZero();
        assertThat(terminal.json()).hasSize(230);
        assertThat(terminal.json().path(229).path("seq").asInt()).isEqualTo(230);
        assertThat(terminal.run("", "thread", "history", thread, "--limit", "0"))
                .isEqualTo(2);
        assertThat(terminal.run("", "thread", "history", "nothing")).isEqualTo(1);
    }

    @Test
    void aConversationIsShownAsItStoodAfterAStep() {
        assertThat(terminal.run("", "thread", "history", thread)).isZero();
        assertThat(terminal.out()).isEqualTo("no steps yet\n");
        steps(3);
        assertThat(terminal.run("", "thread", "show", thread, "--at", "2")).isZero();
        assertThat(terminal.out())
                .contains("You: <script>", "#2  tools → model", "state:\nsteps: 2\ncamelCase: true\n")
                .doesNotContain("\u001b");
        assertThat(terminal.run("", "thread", "show", thread, "--at", "2", "--json"))
                .isZero();
        assertThat(terminal.json().path("head").asInt()).isEqualTo(3);
        assertThat(terminal.run("", "thread", "show", thread, "--at", "4")).isEqualTo(1);
        assertThat(terminal.err()).contains("CS-640");
    }

    @Test
    void aForkIsMade_andTheTreeOfForksIsPrinted() {
        assertThat(terminal.run("", "thread", "fork", thread, "--at", "3", "--message", "rather this"))
                .isZero();
        assertThat(terminal.out()).contains("thread-2").doesNotContain("thread-1");
        assertThat(server.runtime.forks).containsExactly(new AgentRuntime.ForkWish(3L, "rather this", null));
        assertThat(terminal.run("", "thread", "forks", thread)).isZero();
        assertThat(terminal.out()).isEqualTo("thread-1  idle\n  fork  parked  taken at step 3\n");
    }

    @Test
    void aConversationIsErasedAfterAYes_andTheReceiptIsPrinted() {
        assertThat(terminal.run("no\n", "thread", "erase", thread)).isEqualTo(1);
        assertThat(terminal.run("", "thread", "erase", thread)).isEqualTo(1);
        assertThat(terminal.run("", "thread", "erase", thread, "--forks", "maybe", "--yes"))
                .isEqualTo(2);
        assertThat(server.runtime.erased).isEmpty();
        assertThat(terminal.run("yes\n", "thread", "erase", thread, "--forks", "erase"))
                .isZero();
        assertThat(terminal.out())
                .contains(
                        "erased " + thread,
                        "effects: 5",
                        "kept fork fork",
                        "somebody: something",
                        "at Permit: request");
        assertThat(server.runtime.erased).containsExactly(thread + " ERASE");
    }
}
