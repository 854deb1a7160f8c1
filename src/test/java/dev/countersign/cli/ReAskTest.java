package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.replay.Recording;
import dev.countersign.replay.Seen;
import dev.countersign.server.ServerFixture;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A conversation is held again for real, in a fork of its own. */
@Tag("store")
final class ReAskTest {
    private static final Principal HENRY = new Principal("henry");

    /** Three messages; the second was said while the first one's approval waited, the third when nothing did. */
    private static Recording recorded() {
        List<Recording.Happening> events = new ArrayList<>();
        List<Recording.Stride> steps = new ArrayList<>();
        String[] said = {"the menu", "while it waits", "and then"};
        String[] next = {"await", "await", "__END__"};
        for (int i = 0; i < said.length; i++) {
            Instant at = Instant.ofEpochSecond(i);
            events.add(new Recording.Happening(i + 1L, EventKind.MESSAGE, said[i], at, null));
            // A decision lies between the second and the third.
            steps.add(new Recording.Stride(
                    "s" + i, "reply", next[i], at, seen(), Map.of("lastEvent", i + 1L), List.of()));
        }
        steps.add(
                2,
                new Recording.Stride(
                        "d", "reply", "__END__", Instant.ofEpochSecond(1), seen(), Map.of("lastEvent", 2L), List.of()));
        return new Recording(
                new Recording.Subject("x", "henry", "echo", ThreadKind.CHAT), Map.of(), events, List.of(), steps);
    }

    private static Seen seen() {
        return new Seen(
                null, null, null, null, null, 0, null, null, null, null, List.of(), List.of(), Map.of(), Map.of());
    }

    private static List<String> said(ServerFixture server, String thread) {
        return server.runtime.transcript(HENRY, thread, 0, 100).stream()
                .filter(entry -> entry.role().equals("user"))
                .map(Entry::text)
                .toList();
    }

    @Test
    void promise12_whatTheUserSaidIsSaidAgainInAFork_andWaitsWhereADecisionIsWaitedForAnew(
            @TempDir Path folder, @TempDir Path serversFolder) throws Exception {
        try (ServerFixture server = new ServerFixture(serversFolder)) {
            Terminal terminal = loggedIn(folder, server);
            server.history.recorded = recorded();
            String thread = server.runtime
                    .open(HENRY, "echo", ThreadKind.CHAT, "a chat")
                    .id();

            CompletableFuture<Integer> asking =
                    CompletableFuture.supplyAsync(() -> terminal.run("", "replay", "--mode", "re-ask", thread));

            await().until(() ->
                    server.runtime.threads(HENRY, ThreadKind.CHAT, 9).size() == 2);
            String fork = server.runtime.threads(HENRY, ThreadKind.CHAT, 9).stream()
                    .map(ThreadView::id)
                    .filter(id -> !id.equals(thread))
                    .findFirst()
                    .orElseThrow();
            assertThat(asking.get(60, TimeUnit.SECONDS)).isZero();
            assertThat(said(server, fork)).containsExactly("the menu", "while it waits", "and then");
            assertThat(said(server, thread)).isEmpty();
            assertThat(server.runtime.forks)
                    .singleElement()
                    .satisfies(wish -> assertThat(wish.step()).isEqualTo(1L));
            assertThat(terminal.out())
                    .contains(
                            "fork " + fork + " of " + thread, "/threads/" + fork + "/history", "said 3 of 3: and then")
                    .contains("thread diff " + thread + " " + fork);
        }
    }

    @Test
    void promise12_aMessageThatWasSaidWhenNothingWaited_isNotSaidBeforeTheDecision(
            @TempDir Path folder, @TempDir Path serversFolder) throws Exception {
        try (ServerFixture server = new ServerFixture(serversFolder)) {
            Terminal terminal = loggedIn(folder, server);
            Recording all = recorded();
            server.history.recorded = new Recording(
                    all.thread(),
                    all.settings(),
                    List.of(all.events().get(0), all.events().get(2)),
                    List.of(),
                    List.of(all.steps().get(0), all.steps().get(2), all.steps().get(3)));
            String thread = server.runtime
                    .open(HENRY, "echo", ThreadKind.CHAT, "a chat")
                    .id();

            CompletableFuture<Integer> asking = CompletableFuture.supplyAsync(
                    () -> terminal.run("", "replay", "--mode", "re-ask", "--json", thread));

            await().until(() -> server.runtime.threads(HENRY, ThreadKind.CHAT, 9).stream()
                    .anyMatch(view -> view.status() == ThreadStatus.PARKED));
            String fork = server.runtime.threads(HENRY, ThreadKind.CHAT, 9).stream()
                    .filter(view -> view.status() == ThreadStatus.PARKED)
                    .map(ThreadView::id)
                    .findFirst()
                    .orElseThrow();
            assertThat(asking).isNotDone();
            assertThat(said(server, fork)).containsExactly("the menu");
            server.runtime.decide(fork, "approved");
            assertThat(asking.get(60, TimeUnit.SECONDS)).isZero();
            assertThat(said(server, fork)).containsExactly("the menu", "and then");
            assertThat(terminal.json().path(0).path("fork").asText()).isEqualTo(fork);
            assertThat(terminal.json().path(0).path("status").asText()).isEqualTo("IDLE");
        }
    }

    @Test
    void promise7_nobodyAsksAgainInAnothersName_andFilesAreRefused(@TempDir Path folder, @TempDir Path serversFolder)
            throws IOException {
        try (ServerFixture server = new ServerFixture(serversFolder)) {
            Terminal terminal = loggedIn(folder, server);
            server.history.recorded = recorded();
            String joes = server.runtime
                    .open(new Principal("joe"), "echo", ThreadKind.CHAT, "a chat")
                    .id();
            assertThat(terminal.run("", "replay", "--mode", "re-ask", joes)).isEqualTo(1);
            server.permit.holds("henry", "auditor", null);
            assertThat(terminal.run("", "replay", "--mode", "re-ask", joes)).isEqualTo(1);
            assertThat(server.runtime.threads(HENRY, null, 9)).isEmpty();
            assertThat(server.runtime.threads(new Principal("joe"), null, 9)).hasSize(1);
            assertThat(terminal.run("", "replay", "--mode", "re-ask", "some.json"))
                    .isEqualTo(2);
            assertThat(terminal.run("", "replay", "--at", "3", joes)).isEqualTo(2);
        }
    }

    @Test
    void twoConversationsAreComparedInLinesAndAsJson(@TempDir Path folder, @TempDir Path serversFolder)
            throws IOException {
        try (ServerFixture server = new ServerFixture(serversFolder)) {
            Terminal terminal = loggedIn(folder, server);
            String one = server.runtime
                    .open(HENRY, "echo", ThreadKind.CHAT, "a chat")
                    .id();
            String other = server.runtime
                    .open(HENRY, "echo", ThreadKind.CHAT, "a chat")
                    .id();
            assertThat(terminal.run("", "thread", "diff", one, other)).isZero();
            server.runtime.send(HENRY, one, "hello");
            server.runtime.send(HENRY, other, "good night");
            for (String thread : List.of(one, other)) {
                await().until(() -> server.runtime.thread(HENRY, thread).status() == ThreadStatus.IDLE);
            }
            assertThat(terminal.run("", "thread", "diff", one, other)).isEqualTo(1);
            assertThat(terminal.out()).contains("0 messages are the same", "- 1 user: hello", "+ 1 user: good night");
            assertThat(terminal.run("", "thread", "diff", "--json", one, other)).isEqualTo(1);
            assertThat(terminal.json().path("lines")).isNotEmpty();
        }
    }

    private static Terminal loggedIn(Path folder, ServerFixture server) {
        Terminal terminal =
                new Terminal(folder).with("COUNTERSIGN_SERVER", server.url("").toString());
        assertThat(terminal.run("henry_password\n", "login", "--user", "henry")).isZero();
        return terminal;
    }
}
