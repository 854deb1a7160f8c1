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

@Tag("store")
final class ApiTest {
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

    @Test
    void thread_isOpenedListedReadAndCanceledByItsOwner() {
        String id = ok(server.post("henry", "/api/threads", "{\"agent\":\"echo\",\"title\":\"lunch\"}"), 201)
                .path("id")
                .asText();
        ok(server.post("henry", "/api/threads/" + id + "/messages", "{\"message\":\"hello\"}"), 202);

        await().until(() ->
                server.get("henry", "/api/threads/" + id + "/messages").body().contains("you said: hello"));
        JsonNode messages = ok(server.get("henry", "/api/threads/" + id + "/messages?after=1&limit=2"), 200)
                .path("messages");
        assertThat(messages).hasSize(2);
        assertThat(messages.path(0).path("position").asInt()).isEqualTo(2);
        JsonNode listed = ok(server.get("henry", "/api/threads"), 200).path("threads");
        assertThat(listed).hasSize(1);
        assertThat(listed.path(0).path("created_at").asText()).isEqualTo("2026-11-22T12:00:00Z");
        assertThat(ok(server.post("henry", "/api/threads/" + id + "/cancel", ""), 202)
                        .path("status")
                        .asText())
                .isEqualTo("CANCELED");
    }

    @Test
    void anothersThread_doesNotExist() {
        String id =
                ok(server.post("henry", "/api/threads", "{}"), 201).path("id").asText();

        for (String path : List.of("", "/messages", "/approvals")) {
            assertThat(server.get("joe", "/api/threads/" + id + path).statusCode())
                    .isEqualTo(404);
        }
        assertThat(server.post("joe", "/api/threads/" + id + "/messages", "{\"message\":\"x\"}")
                        .statusCode())
                .isEqualTo(404);
        assertThat(server.post("joe", "/api/threads/" + id + "/cancel", "").statusCode())
                .isEqualTo(404);
        assertThat(server.get("joe", "/api/jobs/" + id).statusCode()).isEqualTo(404);
        assertThat(ok(server.get("joe", "/api/threads"), 200).path("threads")).isEmpty();
    }

    @Test
    void job_isSubmittedAndItsResultShown() {
        String id = ok(server.post("henry", "/api/jobs", "{\"goal\":\"count to ten\"}"), 201)
                .path("id")
                .asText();

        await().until(() -> server.get("henry", "/api/jobs/" + id).body().contains("\"DONE\""));
        assertThat(ok(server.get("henry", "/api/jobs/" + id), 200)
                        .path("result")
                        .asText())
                .isEqualTo("done: count to ten");
        assertThat(ok(server.get("henry", "/api/jobs"), 200).path("jobs")).hasSize(1);
    }

    @Test
    void reviewerSeesWhatPermitShows_withNamesLookedUpOnce_andNeverOwnRequests() {
        server.permit.filed("a1", RequestKind.ACCESS, "henry");
        server.permit.filed("o1", RequestKind.OPERATION, "henry");
        server.permit.filed("mine", RequestKind.ACCESS, "joe");

        JsonNode toReview = ok(server.get("joe", "/api/approvals/review"), 200).path("approvals");

        assertThat(toReview.findValuesAsText("id")).containsExactly("a1", "o1");
        assertThat(toReview.path(0).path("requester").asText()).isEqualTo("henry");
        assertThat(toReview.path(0).path("resource_name").asText()).isEqualTo("Fancy French");
        assertThat(toReview.path(1).path("operation").asText()).isEqualTo("order_dish: Truffle Pasta");
        assertThat(server.permit.userLookUps()).isEqualTo(2);
        assertThat(ok(server.get("henry", "/api/approvals/review"), 200).path("approvals"))
                .isEmpty();
    }

    @Test
    void decision_isMadeAtPermit_inTheReviewersName_andTheRuntimeIsWoken() {
        server.permit.filed("a1", RequestKind.ACCESS, "henry");
        server.permit.filed("o1", RequestKind.OPERATION, "henry");

        ok(server.post("joe", "/api/approvals/a1/approve", "{\"comment\":\"enjoy\"}"), 200);
        ok(server.post("jane", "/api/approvals/o1/deny", ""), 200);

        assertThat(server.permit.request("a1").status()).isEqualTo(RequestStatus.APPROVED);
        assertThat(server.permit.request("a1").reviewer()).isEqualTo("joe");
        assertThat(server.permit.request("a1").reviewerComment()).isEqualTo("enjoy");
        assertThat(server.permit.request("o1").status()).isEqualTo(RequestStatus.DENIED);
        assertThat(server.runtime.wakes()).isEqualTo(2);
        assertThat(code(server.post("jane", "/api/approvals/a1/deny", ""))).isEqualTo("409 CS-305");
    }

    @Test
    void promise7_nobodyDecidesOnAnOwnRequest_norWithoutPermitsLeave() {
        server.permit.filed("a1", RequestKind.ACCESS, "henry");
        server.permit.filed("own", RequestKind.ACCESS, "joe");

        assertThat(code(server.post("joe", "/api/approvals/own/approve", ""))).isEqualTo("403 CS-714");
        assertThat(code(server.post("henry", "/api/approvals/a1/approve", ""))).isEqualTo("403 CS-714");
        assertThat(code(server.post("rose", "/api/approvals/a1/approve", ""))).isEqualTo("404 CS-717");
        assertThat(code(server.post("joe", "/api/approvals/nothing/approve", "")))
                .isEqualTo("404 CS-717");

        assertThat(server.permit.request("a1").status()).isEqualTo(RequestStatus.PENDING);
        assertThat(server.permit.request("own").status()).isEqualTo(RequestStatus.PENDING);
        assertThat(server.runtime.wakes()).isZero();
    }

    @Test
    void promise7_aReviewerWhomPermitLetsReviewMayExtend_neverTheRequesterNorAStranger() {
        server.permit.filed("a1", RequestKind.ACCESS, "henry");
        server.permit.filed("own", RequestKind.ACCESS, "joe");
        String body = "{\"by\":\"2d\"}";

        assertThat(code(server.post("henry", "/api/approvals/a1/extension", body)))
                .isEqualTo("403 CS-714");
        assertThat(code(server.post("joe", "/api/approvals/own/extension", body)))
                .isEqualTo("403 CS-714");
        assertThat(code(server.post("rose", "/api/approvals/a1/extension", body)))
                .isEqualTo("404 CS-717");
        assertThat(code(server.post("joe", "/api/approvals/a1/extension", "{\"by\":\"soon\"}")))
                .isEqualTo("400 CS-710");
        assertThat(server.runtime.extensions).isEmpty();

        ok(server.post("joe", "/api/approvals/a1/extension", body), 200);
        assertThat(server.runtime.extensions).containsExactly("joe a1 PT48H");
        ok(server.post("jane", "/api/approvals/a1/deny", ""), 200);
        assertThat(code(server.post("joe", "/api/approvals/a1/extension", body)))
                .isEqualTo("409 CS-723");
    }

    @Test
    void aRequestIsWithdrawnByItsRequesterOnly() {
        String id =
                ok(server.post("henry", "/api/threads", "{}"), 201).path("id").asText();
        ok(server.post("henry", "/api/threads/" + id + "/messages", "{\"message\":\"menu\"}"), 202);
        await().until(() -> server.get("henry", "/api/approvals/mine").body().contains("pending"));
        String request = ok(server.get("henry", "/api/approvals/mine"), 200)
                .at("/approvals/0/request_id")
                .asText();

        assertThat(server.post("joe", "/api/approvals/" + request + "/cancel", "")
                        .statusCode())
                .isEqualTo(404);
        ok(server.post("henry", "/api/approvals/" + request + "/cancel", ""), 202);
    }

    @Test
    void requesterSeesWhatIsWaitingFor() {
        String id =
                ok(server.post("henry", "/api/threads", "{}"), 201).path("id").asText();
        ok(server.post("henry", "/api/threads/" + id + "/messages", "{\"message\":\"menu\"}"), 202);

        await().until(() -> server.get("henry", "/api/approvals/mine").body().contains("pending"));
        assertThat(ok(server.get("joe", "/api/approvals/mine"), 200).path("approvals"))
                .isEmpty();
        assertThat(ok(server.get("henry", "/api/threads/" + id + "/approvals"), 200)
                        .at("/approvals/0/thread_id")
                        .asText())
                .isEqualTo(id);
    }

    @Test
    void badInput_isAnsweredWithTheRightProblem() {
        String huge = "{\"goal\":\"" + "x".repeat(300_000) + "\"}";
        assertThat(code(server.post("henry", "/api/jobs", huge))).isEqualTo("413 CS-713");
        assertThat(code(server.post("henry", "/api/jobs", "{\"goal\":"))).isEqualTo("400 CS-731");
        assertThat(code(server.post("henry", "/api/jobs", "[]"))).isEqualTo("400 CS-710");
        assertThat(code(server.post("henry", "/api/jobs", "{}"))).isEqualTo("400 CS-710");
        assertThat(code(server.post("henry", "/api/jobs", "{\"goal\":\"x\",\"agent\":{}}")))
                .isEqualTo("400 CS-710");
        assertThat(code(server.post("joe", "/api/approvals/a1/deny", "{\"comment\":[\"why\"]}")))
                .isEqualTo("400 CS-710");
        assertThat(code(server.post("henry", "/api/jobs", "{\"goal\":\"" + "\u4e16".repeat(32_000) + "\"}")))
                .isEqualTo("201 ");
        assertThat(code(server.post("henry", "/api/jobs", "{\"goal\":\"x\",\"agent\":\"no\"}")))
                .isEqualTo("404 CS-715");
        assertThat(code(server.get("henry", "/api/threads?limit=-1"))).isEqualTo("400 CS-710");
        assertThat(code(server.get("henry", "/api/threads?limit=100000"))).isEqualTo("400 CS-710");
        assertThat(code(server.get("henry", "/api/nothing"))).isEqualTo("404 CS-718");
        assertThat(code(server.get("henry", "/api/threads/%2e%2e/messages"))).startsWith("40");
        assertThat(code(server.post("henry", "/healthz", ""))).isEqualTo("405 CS-730");
    }
}
