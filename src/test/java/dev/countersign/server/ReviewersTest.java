package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who sees which approval, with all it takes to decide, and what is decided many at a time. Permit says who. */
@Tag("store")
final class ReviewersTest {
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

    /** Parks a conversation of henry's and gives back the request it waits for, which Permit knows. */
    private String asked() {
        String id =
                ok(server.post("henry", "/api/threads", "{}"), 201).path("id").asText();
        ok(server.post("henry", "/api/threads/" + id + "/messages", "{\"message\":\"the menu please\"}"), 202);
        await().until(() -> server.get("henry", "/api/threads/" + id).body().contains("PARKED"));
        String request = ok(server.get("henry", "/api/threads/" + id + "/approvals"), 200)
                .at("/approvals/0/request_id")
                .asText();
        server.permit.filed(request, RequestKind.ACCESS, "henry");
        return request;
    }

    @Test
    void aReviewerSeesEverythingNeededToDecide() {
        String request = asked();
        server.clock.advance(java.time.Duration.ofSeconds(90));

        JsonNode shown = ok(server.get("joe", "/api/approvals/" + request), 200);

        assertThat(shown.at("/approval/requester").asText()).isEqualTo("henry");
        assertThat(shown.at("/approval/agent").asText()).isEqualTo("echo");
        assertThat(shown.at("/approval/tool").asText()).isEqualTo("create_access_request");
        assertThat(shown.at("/approval/arguments/resource_instance").asText()).isEqualTo("3");
        assertThat(shown.at("/approval/reason").asText()).isEqualTo("hungry");
        assertThat(shown.at("/approval/deadline").asText()).isNotEmpty();
        assertThat(shown.path("resource_name").asText()).isEqualTo("Fancy French");
        assertThat(shown.path("waiting_seconds").asLong()).isEqualTo(90);
        assertThat(shown.at("/conversation/0/text").asText()).isEqualTo("the menu please");
    }

    @Test
    void promise7_whatPermitDoesNotShow_doesNotExist() {
        String request = asked();
        String ours = server.get("henry", "/api/approvals/" + request).body();
        String id = Json.read(ours).at("/approval/id").asText();

        for (String path : List.of(request, id, "nothing", "%20", "..%20")) {
            assertThat(code(server.get("rose", "/api/approvals/" + path)))
                    .as(path)
                    .isEqualTo("404 CS-717");
        }
        ok(server.get("joe", "/api/approvals/" + id), 200);
        ok(server.get("henry", "/api/approvals/" + id), 200);
    }

    @Test
    void promise7_onlyAHolderOfTheRoleInTheTenantSeesAll_andDecidesNothingByIt() {
        String request = asked();
        String thread =
                ok(server.get("henry", "/api/threads"), 200).at("/threads/0/id").asText();
        server.permit.holds("rose", "auditor", "restaurants:3");
        assertThat(code(server.get("rose", "/api/approvals"))).isEqualTo("403 CS-735");
        assertThat(server.get("rose", "/api/threads/" + thread).statusCode()).isEqualTo(404);

        server.permit.holds("rose", "auditor", null);
        assertThat(ok(server.get("rose", "/api/approvals"), 200).path("approvals"))
                .hasSize(1);
        assertThat(ok(server.get("rose", "/api/approvals/" + request), 200)
                        .at("/approval/requester")
                        .asText())
                .isEqualTo("henry");
        for (String path : List.of("", "/messages", "/approvals", "/checkpoints")) {
            ok(server.get("rose", "/api/threads/" + thread + path), 200);
        }
        assertThat(code(server.post("rose", "/api/approvals/" + request + "/approve", "")))
                .isEqualTo("404 CS-717");
        assertThat(server.post("rose", "/api/threads/" + thread + "/messages", "{\"message\":\"x\"}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(server.post("rose", "/api/threads/" + thread + "/cancel", "").statusCode())
                .isEqualTo(404);
        assertThat(code(server.get("joe", "/api/approvals"))).isEqualTo("403 CS-735");
    }

    @Test
    void aBatchDecidesEachByItself() {
        server.permit.filed("a1", RequestKind.ACCESS, "henry");
        server.permit.filed("o1", RequestKind.OPERATION, "henry");
        server.permit.filed("own", RequestKind.ACCESS, "joe");
        String batch = """
                {"decisions":[{"id":"a1","decision":"approve","comment":"enjoy"},{"id":"own","decision":"approve"},
                 {"id":"nothing","decision":"deny"},{"id":"o1","decision":"deny"}]}
                """;

        JsonNode outcomes =
                ok(server.post("joe", "/api/approvals/batch", batch), 200).path("outcomes");

        assertThat(outcomes.at("/0/decided/status").asText()).isEqualTo("approved");
        assertThat(outcomes.at("/1/problem/code").asText()).isEqualTo("CS-714");
        assertThat(outcomes.at("/2/problem/code").asText()).isEqualTo("CS-717");
        assertThat(outcomes.at("/3/decided/status").asText()).isEqualTo("denied");
        assertThat(server.permit.request("a1").reviewer()).isEqualTo("joe");
        assertThat(server.permit.request("own").status()).isEqualTo(RequestStatus.PENDING);
    }

    @Test
    void aBatchThatIsWrongInItselfDecidesNothing() {
        server.permit.filed("a1", RequestKind.ACCESS, "henry");
        for (String rest : List.of(
                "{\"id\":\"o1\",\"decision\":\"maybe\"}",
                "{\"id\":\"o1\"}",
                "7",
                "{\"id\":\"a1\",\"decision\":\"deny\"}",
                "{\"id\":\"o1\",\"decision\":\"deny\",\"as\":\"jane\"}")) {
            String batch = "{\"decisions\":[{\"id\":\"a1\",\"decision\":\"approve\"}," + rest + "]}";
            assertThat(code(server.post("joe", "/api/approvals/batch", batch)))
                    .as(rest)
                    .isEqualTo("400 CS-710");
        }
        assertThat(code(server.post("joe", "/api/approvals/batch", "{\"decisions\":[]}")))
                .isEqualTo("400 CS-710");
        assertThat(server.permit.request("a1").status()).isEqualTo(RequestStatus.PENDING);
    }

    @Test
    void aListToReviewIsReadInPages_oldestFirst() {
        for (String id : List.of("r1", "r2", "r3")) {
            server.permit.filed(id, RequestKind.ACCESS, "henry");
        }

        JsonNode first = ok(server.get("joe", "/api/approvals/review?limit=2"), 200);
        JsonNode second = ok(
                server.get(
                        "joe",
                        "/api/approvals/review?limit=2&cursor="
                                + first.path("next").asText()),
                200);

        assertThat(first.path("approvals").findValuesAsText("id")).containsExactly("r1", "r2");
        assertThat(second.path("approvals").findValuesAsText("id")).containsExactly("r3");
        assertThat(second.has("next")).isFalse();
    }

    @Test
    void ownRequestsAndPastDecisionsAreListed() {
        asked();

        assertThat(ok(server.get("henry", "/api/approvals/mine?state=open"), 200)
                        .path("approvals"))
                .hasSize(1);
        assertThat(code(server.get("henry", "/api/approvals/mine?state=closed")))
                .isEqualTo("400 CS-710");
        assertThat(ok(server.get("joe", "/api/approvals/history"), 200).path("approvals"))
                .isEmpty();
    }
}
