package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages, tags and keys as a client sees them. What they promise of the store is shown in {@code graph.ArchiveTest}. */
@Tag("store")
final class PagesAndTagsTest {
    private ServerFixture server;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static JsonNode ok(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return Json.read(response.body());
    }

    private static String code(HttpResponse<String> response) {
        return response.statusCode() + " "
                + Json.read(response.body()).path("code").asText();
    }

    private HttpResponse<String> get(String user, String path, String tag) {
        return server.send(server.request(path)
                .header("Authorization", "Bearer " + server.token(user))
                .header("If-None-Match", tag));
    }

    private HttpResponse<String> submit(String user, String key, String goal) {
        return server.send(server.request("/api/jobs")
                .header("Authorization", "Bearer " + server.token(user))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString(Json.write(Json.object().put("goal", goal)))));
    }

    private String parked() {
        String id =
                ok(server.post("henry", "/api/threads", "{}"), 201).path("id").asText();
        ok(server.post("henry", "/api/threads/" + id + "/messages", "{\"message\":\"menu\"}"), 202);
        await().until(() -> server.get("henry", "/api/threads/" + id).body().contains("PARKED"));
        return id;
    }

    @Test
    void aListIsReadPageByPage_withoutWhatCameMeanwhile() {
        for (int i = 0; i < 5; i++) {
            ok(server.post("henry", "/api/threads", "{}"), 201);
        }
        List<String> seen = new ArrayList<>();
        String next = "";
        int pages = 0;
        do {
            JsonNode page = ok(server.get("henry", "/api/threads?limit=2" + next), 200);
            page.path("threads").forEach(item -> seen.add(item.path("id").asText()));
            next = page.has("next") ? "&cursor=" + page.path("next").asText() : "";
            ok(server.post("henry", "/api/threads", "{}"), 201);
            pages++;
        } while (!next.isEmpty());

        assertThat(pages).isEqualTo(3);
        assertThat(seen).containsExactly("thread-5", "thread-4", "thread-3", "thread-2", "thread-1");
    }

    @Test
    void messagesGoOnWhereAPageEnded() {
        String id = parked();

        JsonNode first = ok(server.get("henry", "/api/threads/" + id + "/messages?limit=1"), 200);
        JsonNode second = ok(
                server.get(
                        "henry",
                        "/api/threads/" + id + "/messages?limit=5&cursor="
                                + first.path("next").asText()),
                200);

        assertThat(first.at("/messages/0/position").asInt()).isEqualTo(1);
        assertThat(second.at("/messages/0/position").asInt()).isEqualTo(2);
        assertThat(second.has("next")).isFalse();
    }

    @Test
    void aCursorThatIsNone_aLimitOutOfBounds_andAParameterThatNobodyKnows_areRefused() {
        for (String list :
                List.of("/api/threads", "/api/jobs", "/api/approvals/mine", "/api/approvals/review", "/api/effects")) {
            for (String cursor : List.of("x", "MTox", "%00", "a".repeat(500), "MTo5OjxzY3JpcHQ-")) {
                assertThat(code(server.get("henry", list + "?cursor=" + cursor)))
                        .as(list + " " + cursor)
                        .isEqualTo("400 CS-734");
            }
            assertThat(code(server.get("henry", list + "?limit=0"))).isEqualTo("400 CS-710");
            assertThat(code(server.get("henry", list + "?limit=201"))).isEqualTo("400 CS-710");
            assertThat(code(server.get("henry", list + "?limti=5"))).isEqualTo("400 CS-733");
            assertThat(code(server.get("henry", list + "?limit=5&limit=6"))).isEqualTo("400 CS-733");
        }
    }

    @Test
    void whatHasNotChangedIsNotSentAgain() {
        String id = parked();
        for (String path : List.of(
                "/api/threads/" + id,
                "/api/threads/" + id + "/approvals",
                "/api/approvals/mine",
                "/api/approvals/mine?state=open",
                "/api/approvals/review")) {
            HttpResponse<String> first = server.get("henry", path);
            String tag = first.headers().firstValue("ETag").orElseThrow();

            HttpResponse<String> second = get("henry", path, tag);
            assertThat(second.statusCode()).as(path).isEqualTo(304);
            assertThat(second.body()).isEmpty();
            assertThat(second.headers().firstValue("ETag")).contains(tag);
            assertThat(get("henry", path, "\"other\", " + tag).statusCode()).isEqualTo(304);
            assertThat(get("henry", path, "\"other\"").statusCode()).isEqualTo(200);
        }
        String tag = server.get("henry", "/api/threads/" + id)
                .headers()
                .firstValue("ETag")
                .orElseThrow();
        ok(server.post("henry", "/api/threads/" + id + "/cancel", ""), 202);
        assertThat(get("henry", "/api/threads/" + id, tag).statusCode()).isEqualTo(200);
    }

    @Test
    void waitingLongerIsNoChange() {
        server.permit.filed("a1", dev.countersign.permit.RequestKind.ACCESS, "henry");
        HttpResponse<String> first = server.get("joe", "/api/approvals/review");
        server.clock.advance(java.time.Duration.ofMinutes(1));
        HttpResponse<String> later = server.get("joe", "/api/approvals/review");

        assertThat(later.headers().firstValue("ETag")).isEqualTo(first.headers().firstValue("ETag"));
        assertThat(Json.read(later.body()).at("/approvals/0/waiting_seconds").asLong())
                .isEqualTo(Json.read(first.body())
                                .at("/approvals/0/waiting_seconds")
                                .asLong()
                        + 60);
    }

    @Test
    void aKeyStandsForOneJobOfItsOwner() {
        String first = ok(submit("henry", "k-1", "count"), 201).path("id").asText();

        assertThat(ok(submit("henry", "k-1", "count"), 200).path("id").asText()).isEqualTo(first);
        assertThat(code(submit("henry", "k-1", "another goal"))).isEqualTo("422 CS-614");
        assertThat(ok(submit("joe", "k-1", "another goal"), 201).path("id").asText())
                .isNotEqualTo(first);
        assertThat(ok(server.get("henry", "/api/jobs"), 200).path("jobs")).hasSize(1);
        assertThat(code(submit("henry", "k".repeat(201), "count"))).isEqualTo("400 CS-710");
        assertThat(code(submit("henry", "two words", "count"))).isEqualTo("400 CS-710");
    }

    @Test
    void checkpointsAreListedAndShown_toTheThreadsOwnerOnly() {
        String id = parked();
        String path = "/api/threads/" + id + "/checkpoints";

        assertThat(ok(server.get("henry", path), 200).path("checkpoints")).hasSize(1);
        assertThat(ok(server.get("henry", path + "/step-1"), 200).path("node").asText())
                .isEqualTo("reply");
        assertThat(server.get("henry", path + "/step-2").statusCode()).isEqualTo(404);
        assertThat(server.get("joe", path).statusCode()).isEqualTo(404);
        assertThat(server.get("joe", path + "/step-1").statusCode()).isEqualTo(404);
    }
}
