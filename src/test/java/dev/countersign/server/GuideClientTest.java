package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide's command-line client, played through a program that knows its protocol and nothing of ours. */
@Tag("store")
final class GuideClientTest {
    @Test
    void aConversation_inTheGuidesForm_withTheHistorySentBackEachTime(@TempDir Path folder) throws Exception {
        try (ServerFixture server = new ServerFixture(folder);
                PlainChat henry = PlainChat.login(server.url("/"), "henry", "henry_password")) {
            for (int turn = 1; turn <= 12; turn++) {
                String words = "pizza, größer als sonst 🍕 ".repeat(120) + turn;
                List<JsonNode> told = henry.say(words).turn();

                assertThat(PlainChat.types(told)).containsOnlyOnce("text", "history_update");
                assertThat(PlainChat.types(told)).endsWith("text", "history_update");
                assertThat(told.get(told.size() - 2).path("content").asText().equals("you said: " + words))
                        .isTrue();
                JsonNode history = told.get(told.size() - 1).path("content");
                assertThat(history.isArray()).isTrue();
                assertThat(Set.of("user", "model"))
                        .containsAll(history.findValuesAsText("role").stream().toList());
            }
        }
    }

    @Test
    void withoutAValidLogin_theConnectionIsClosedWith1008_andNothingElseIsSaid(@TempDir Path folder) throws Exception {
        try (ServerFixture server = new ServerFixture(folder)) {
            for (String token : new String[] {null, "", "forged", server.token("stranger")}) {
                try (PlainChat nobody = PlainChat.with(server.url("/"), token)) {
                    JsonNode closed = nobody.next();
                    assertThat(closed.path("type").asText()).isEqualTo("closed");
                    assertThat(closed.path("code").asInt()).isEqualTo(1008);
                }
            }
            assertThat(server.get("henry", "/api/threads").body()).isEqualTo("{\"threads\":[]}");
        }
    }
}
