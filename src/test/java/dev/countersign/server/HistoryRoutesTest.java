package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.thread.ThreadKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("store")
final class HistoryRoutesTest {
    private ServerFixture server;
    private String path;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder);
        String thread = server.runtime
                .open(new Principal("henry"), "echo", ThreadKind.CHAT, "a chat")
                .id();
        path = "/api/threads/" + thread + "/history";
        for (int seq = 1; seq <= 5; seq++) {
            server.history.steps.add(StepSamples.everything(seq));
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void stepsComeInPages_andEachMomentCanBeLookedAt() {
        JsonNode first = Json.read(server.get("henry", path + "?limit=3").body());
        assertThat(first.findValuesAsText("seq")).containsSubsequence("5", "4", "3");
        JsonNode rest = Json.read(server.get(
                        "henry", path + "?limit=3&cursor=" + first.path("next").asText())
                .body());
        assertThat(rest.path("steps")).hasSize(2);
        assertThat(rest.has("next")).isFalse();
        JsonNode moment = Json.read(server.get("henry", path + "/3?messages=2").body());
        assertThat(moment.path("step").path("seq").asInt()).isEqualTo(3);
        assertThat(moment.path("state").path("camelCase").asBoolean()).isTrue();
        assertThat(moment.path("step").path("changes").path(0).path("after")).isEqualTo(Json.read("{\"toolName\":1}"));
    }

    @Test
    void promise7_whoMayNotSeeTheThread_seesNoStepOfIt() {
        for (String user : List.of("joe", "rose")) {
            for (String url : List.of(
                    path,
                    path + "/1",
                    path.replace("history", "recording"),
                    "/api/threads/none/history",
                    "/api/threads/none/history/1")) {
                assertThat(server.get(user, url).statusCode())
                        .as(user + " " + url)
                        .isEqualTo(404);
            }
        }
        assertThat(server.send(server.request(path)).statusCode()).isEqualTo(401);
        server.permit.holds("jane", "auditor", null);
        assertThat(server.get("jane", path).statusCode()).isEqualTo(200);
        assertThat(server.get("jane", path + "/1").statusCode()).isEqualTo(200);
        assertThat(server.get("jane", path.replace("history", "recording")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aForkIsAskedFor_andItsFamilyShown() {
        String thread = path.substring(0, path.length() - "/history".length());
        JsonNode fork = Json.read(
                server.post("henry", thread + "/fork", "{\"step\":3,\"message\":\"rather this\",\"last\":\"said so\"}")
                        .body());
        assertThat(fork.path("kind").asText()).isEqualTo("CHAT");
        server.post("henry", thread + "/fork", "{}");
        assertThat(server.runtime.forks)
                .containsExactly(
                        new AgentRuntime.ForkWish(3L, "rather this", "said so"),
                        new AgentRuntime.ForkWish(null, null, null));
        JsonNode family = Json.read(server.get("henry", thread + "/family").body());
        assertThat(family.path("threads").findValuesAsText("depth")).containsExactly("0", "1");
        for (String wish : List.of(
                "{\"step\":\"3\"}",
                "{\"step\":1.5}",
                "{\"step\":true}",
                "{\"message\":\"\"}",
                "{\"last\":7}",
                "{\"at\":1}")) {
            assertThat(server.post("henry", thread + "/fork", wish).statusCode())
                    .as(wish)
                    .isEqualTo(400);
        }
    }

    @Test
    void promise7_nobodyForksWhatIsNotTheirs_noAuditorEither() {
        String thread = path.substring(0, path.length() - "/history".length());
        server.permit.holds("jane", "auditor", null);
        for (String user : List.of("joe", "rose", "jane")) {
            assertThat(server.post(user, thread + "/fork", "{}").statusCode())
                    .as(user)
                    .isEqualTo(404);
        }
        assertThat(server.get("rose", thread + "/family").statusCode()).isEqualTo(404);
        assertThat(server.runtime.forks).isEmpty();
    }

    @Test
    void aThreadIsErasedByItsOwnerOnly_andTheReceiptSaysWhatRemains() {
        String thread = path.substring(0, path.length() - "/history".length());
        server.permit.holds("jane", "auditor", null);
        for (String user : List.of("joe", "jane")) {
            assertThat(server.delete(user, thread).statusCode()).as(user).isEqualTo(404);
        }
        assertThat(server.delete("henry", thread + "?forks=maybe").statusCode()).isEqualTo(400);
        assertThat(server.delete("henry", thread + "?fork=keep").statusCode()).isEqualTo(400);
        assertThat(server.runtime.erased).isEmpty();
        JsonNode receipt =
                Json.read(server.delete("henry", thread + "?forks=keep").body());
        assertThat(receipt.path("counts").path("effects").asInt()).isEqualTo(5);
        assertThat(receipt.path("forks_kept")).hasSize(1);
        assertThat(server.runtime.erased).hasSize(1).allMatch(one -> one.endsWith(" KEEP"));
        assertThat(server.delete("henry", thread).statusCode()).isEqualTo(404);
    }

    @Test
    void whatIsNoStep_isSaidSo() {
        for (String seq : List.of("0", "6", "-1", "x", "1.5", "9".repeat(30))) {
            assertThat(server.get("henry", path + "/" + seq).statusCode())
                    .as(seq)
                    .isEqualTo(404);
        }
        for (String query : List.of("?limit=0", "?limit=101", "?cursor=x", "?before=3", "/1?messages=1001", "/1?x=1")) {
            assertThat(server.get("henry", path + query).statusCode()).as(query).isEqualTo(400);
        }
    }
}
