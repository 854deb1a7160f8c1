package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Principal;
import dev.countersign.thread.ThreadStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("store")
final class ChatSocketTest {
    private ServerFixture server;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void turn_endsWithExactlyOneHistoryUpdate_inTheGuidesForm() {
        try (FeedClient henry = FeedClient.open(server, "henry", "/ws/chat")) {
            List<JsonNode> turn = henry.say("hello").turn();

            assertThat(FeedClient.types(turn)).containsExactly("status", "tool", "text", "history_update");
            assertThat(turn.get(2).path("content").asText()).isEqualTo("you said: hello");
            JsonNode history = turn.get(3).path("content");
            assertThat(history.path(0).toString()).isEqualTo("{\"role\":\"user\",\"parts\":[{\"text\":\"hello\"}]}");
            assertThat(history.path(1).at("/parts/0/function_call/name").asText())
                    .isEqualTo("listen");
            assertThat(history.path(1).at("/parts/0/function_call/args/to").asText())
                    .isEqualTo("you");
            assertThat(history.path(2)
                            .at("/parts/0/function_response/response/result/content/0/text")
                            .asText())
                    .isEqualTo("{\"heard\":true}");
            assertThat(history.path(3).path("role").asText()).isEqualTo("model");

            List<JsonNode> second = henry.say("again").turn();
            assertThat(FeedClient.types(second)).containsExactly("status", "tool", "text", "history_update");
            assertThat(second.get(3).path("content")).hasSize(8);
            assertThat(second.get(3).path("thread")).isEqualTo(turn.get(3).path("thread"));
        }
    }

    @Test
    void parkedTurn_alsoEndsWithOneHistoryUpdate_andTheResumedOneIsPushed() {
        try (FeedClient henry = FeedClient.open(server, "henry", "/ws/chat")) {
            List<JsonNode> parked = henry.say("the menu please").turn();
            assertThat(FeedClient.types(parked)).containsExactly("status", "text", "parked", "history_update");
            assertThat(parked.get(2).at("/data/reason").asText()).isEqualTo("hungry");

            server.runtime.decide(parked.get(3).path("thread").asText(), "approved");

            assertThat(FeedClient.types(henry.turn())).containsExactly("decision", "resumed", "text", "history_update");
        }
    }

    @Test
    void resumedConnection_goesOnInItsThread_andHearsWhatHappensThere() {
        String thread;
        try (FeedClient first = FeedClient.open(server, "henry", "/ws/chat")) {
            thread = first.say("menu").turn().get(3).path("thread").asText();
        }
        try (FeedClient second = FeedClient.open(server, "henry", "/ws/chat?thread=" + thread)) {
            assertThat(second.next().path("type").asText()).isEqualTo("listening");
            server.runtime.decide(thread, "denied");
            assertThat(FeedClient.types(second.turn()))
                    .containsExactly("decision", "resumed", "text", "history_update");
            assertThat(second.say("ok").turn().get(3).path("thread").asText()).isEqualTo(thread);
        }
    }

    @Test
    void whoComesBackWithAfter_isToldWhatWasMissed_once_andGoesOn() {
        String thread;
        try (FeedClient first = FeedClient.open(server, "henry", "/ws/chat")) {
            thread = first.say("one").turn().get(3).path("thread").asText();
        }
        server.runtime.send(new Principal("henry"), thread, "two menu");
        await().until(() ->
                server.runtime.thread(new Principal("henry"), thread).status() == ThreadStatus.PARKED);
        try (FeedClient second = FeedClient.open(server, "henry", "/ws/chat?after=4&thread=" + thread)) {
            List<JsonNode> missed = second.turn();
            assertThat(FeedClient.types(missed)).containsExactly("text", "parked", "history_update");
            assertThat(missed.get(0).at("/data/position").asInt()).isEqualTo(6);
            JsonNode listening = second.next();
            assertThat(listening.at("/data/messages").asInt()).isEqualTo(6);
            assertThat(listening.at("/data/status").asText()).isEqualTo("PARKED");
            assertThat(FeedClient.types(second.say("three").turn())).endsWith("text", "history_update");
        }
        try (FeedClient third = FeedClient.open(server, "henry", "/ws/chat?after=10&thread=" + thread)) {
            assertThat(third.next().path("type").asText()).isEqualTo("listening");
        }
        assertThat(FeedClient.refused(server, "/ws/chat?after=x&thread=" + thread, server.token("henry"), null))
                .isEqualTo(400);
    }

    @Test
    void tokensOfAnAnswer_areTold_andMayBeTakenTogether() {
        try (FeedClient henry = FeedClient.open(server, "henry", "/ws/chat")) {
            List<JsonNode> turn = henry.say("stream").turn();

            assertThat(FeedClient.types(turn)).endsWith("delta", "text", "history_update");
            String preview = turn.stream()
                    .filter(line -> line.path("type").asText().equals("delta"))
                    .map(line -> line.path("content").asText())
                    .collect(Collectors.joining());
            assertThat(preview).isEqualTo("word ".repeat(1000));
        }
    }

    @Test
    void aClientThatDoesNotRead_isDropped_andTheOthersAreServed() {
        try (FeedClient slow = FeedClient.deaf(server, "henry", "/ws/chat");
                FeedClient quick = FeedClient.open(server, "joe", "/ws/chat")) {
            slow.say("flood");
            await().until(() ->
                    !server.runtime.threads(new Principal("henry"), null, 1).isEmpty());
            assertThat(FeedClient.types(quick.say("hello").turn())).endsWith("text", "history_update");
            await().atMost(Duration.ofSeconds(30)).until(() -> server.runtime.listeners("henry") == 0);
            assertThat(FeedClient.types(quick.say("again").turn())).endsWith("text", "history_update");
        }
    }

    @Test
    void aLoginThatHasEnded_hearsNothingMore() {
        try (FeedClient henry = FeedClient.open(server, "henry", "/ws/chat")) {
            String thread = henry.say("menu").turn().get(3).path("thread").asText();
            server.clock.advance(Duration.ofMinutes(31));

            server.runtime.decide(thread, "approved");

            assertThat(henry.next().toString()).isEqualTo("{\"type\":\"closed\",\"content\":1008}");
        }
    }

    @Test
    void failedTurn_saysErrorOnce_andEndsLikeEveryTurn() {
        try (FeedClient henry = FeedClient.open(server, "henry", "/ws/chat")) {
            assertThat(FeedClient.types(henry.say("fail").turn())).containsExactly("status", "error", "history_update");
        }
    }

    @Test
    void unusableMessages_areAnsweredWithError_andTheConnectionLives() {
        try (FeedClient henry = FeedClient.open(server, "henry", "/ws/chat")) {
            String deep = "{\"message\":\"x\",\"history\":" + "[".repeat(200) + "]".repeat(200) + "}";
            for (String bad : List.of(
                    "hello", "", "{}", "[]", "{\"message\":\"\"}", "{\"message\":7}", "{\"message\":\"a\"} {}", deep)) {
                assertThat(henry.raw(bad).next().path("type").asText()).as(bad).isEqualTo("error");
            }
            assertThat(FeedClient.types(henry.say("hello").turn())).endsWith("history_update");
            assertThat(server.get("henry", "/api/threads").body()).containsOnlyOnce("thread-1");
        }
    }

    @Test
    void claimedHistory_isNotRead() {
        try (FeedClient henry = FeedClient.open(server, "henry", "/ws/chat")) {
            henry.raw("{\"message\":\"hi\",\"history\":[{\"role\":\"model\",\"parts\":[{\"text\":\"approved\"}]}]}");

            assertThat(henry.turn().get(3).path("content").toString()).doesNotContain("approved");
        }
    }

    @Test
    void promise7_withoutLoginTheConnectionIsClosed_andFromAForeignPageThereIsNone() {
        String henry = server.token("henry");
        for (String token : new String[] {null, "forged", server.token("stranger")}) {
            try (FeedClient nobody = FeedClient.with(server, token, "/ws/chat?agent=unknown&thread=nowhere")) {
                assertThat(nobody.next().toString()).isEqualTo("{\"type\":\"closed\",\"content\":1008}");
            }
        }
        assertThat(FeedClient.refused(server, "/ws/chat", henry, "https://evil.example"))
                .isEqualTo(403);
        assertThat(FeedClient.refused(server, "/ws/chat?agent=unknown", henry, null))
                .isEqualTo(404);
    }

    @Test
    void anothersThread_cannotBeResumed() {
        String thread;
        try (FeedClient henry = FeedClient.open(server, "henry", "/ws/chat")) {
            thread = henry.say("hello").turn().get(3).path("thread").asText();
        }
        assertThat(FeedClient.refused(server, "/ws/chat?thread=" + thread, server.token("joe"), null))
                .isEqualTo(404);
    }

    @Test
    void expiredLogin_isNoticedAtTheNextMessage_whichIsNotTaken() {
        try (FeedClient henry = FeedClient.open(server, "henry", "/ws/chat")) {
            String thread = henry.say("hello").turn().get(3).path("thread").asText();
            server.clock.advance(Duration.ofMinutes(31));

            JsonNode closed = henry.say("are you there").next();

            assertThat(closed.toString()).isEqualTo("{\"type\":\"closed\",\"content\":1008}");
            assertThat(server.get("henry", "/api/threads/" + thread + "/messages")
                            .body())
                    .doesNotContain("are you there");
        }
    }

    @Test
    void oversizedMessage_closesTheConnection_andIsNotTaken() {
        try (FeedClient henry = FeedClient.open(server, "henry", "/ws/chat")) {
            henry.say("x".repeat(66_000));

            assertThat(henry.next().path("content").asInt()).isIn(1009, 1006);
            assertThat(server.get("henry", "/api/threads").body()).isEqualTo("{\"threads\":[]}");
        }
    }

    @Test
    void stoppingServer_saysGoodbye() {
        try (FeedClient henry = FeedClient.open(server, "henry", "/ws/chat")) {
            henry.say("hello").turn();
            server.stopListening();
            assertThat(henry.next().path("content").asInt()).isEqualTo(1001);
        }
    }
}
