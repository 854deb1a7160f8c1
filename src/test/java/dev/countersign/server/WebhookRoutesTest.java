package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.config.Secret;
import dev.countersign.core.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of each webhook at the door; the runtime behind it only hears for whom it should look. */
@Tag("store")
final class WebhookRoutesTest {
    private static final String SECRET = "a secret of webhooks";
    private static final String HENRY = "0e1f0000-0000-4000-8000-000000000001";

    @SuppressWarnings("NullAway.Init")
    private static ServerFixture server;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder, new Secret(SECRET));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String payload(String status) {
        return Json.write(Json.object()
                .put("requesting_user_id", HENRY)
                .put("reason", "birthday")
                .put("status", status)
                .put("reviewer_user_id", "0e1f0000-0000-4000-8000-000000000002")
                .set(
                        "operation_approval_details",
                        Json.object().put("tenant", "another").put("resource_instance", "3")));
    }

    private static HttpResponse<String> send(String authorization, HttpRequest.BodyPublisher body) {
        return server.send(server.request("/webhooks/permit")
                .header("Authorization", authorization)
                .POST(body));
    }

    private static HttpResponse<String> send(String body) {
        return send("Bearer " + SECRET, BodyPublishers.ofString(body));
    }

    @ParameterizedTest
    @ValueSource(strings = {"approved", "denied", "canceled", "something new"})
    void promise5_aWebhookWakesItsRequester_andIsBelievedNothing(String status) {
        HttpResponse<String> answer = send(payload(status));

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(server.runtime.wokenFor()).containsExactly(HENRY);
        assertThat(server.runtime.wakes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"create_user\",\"user\":\"x\"}",
                "{}",
                "{\"requesting_user_id\":7,\"status\":\"approved\"}",
                "{\"requesting_user_id\":null,\"status\":\"approved\"}",
                "{\"requesting_user_id\":\"../../x\",\"status\":\"approved\"}",
                "{\"requesting_user_id\":\"..\",\"status\":\"approved\"}",
                "{\"requesting_user_id\":\"henry\",\"status\":\"pending\"}"
            })
    void whatDecidesNothing_isTakenAndIgnored(String body) {
        assertThat(send(body).statusCode()).isEqualTo(202);
        assertThat(server.runtime.wokenFor()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "\"approved\"", "{\"requesting_user_id\":", "not json", "{} {}"})
    void brokenJson_isRefused(String body) {
        assertThat(send(body).statusCode()).isEqualTo(400);
        assertThat(server.runtime.wokenFor()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer wrong",
                "Bearer ",
                "Bearer a secret of webhook",
                "Bearer a secret of webhooks!",
                "Basic " + SECRET,
                SECRET
            })
    void promise5_withoutTheSecret_nothingHappens(String authorization) {
        HttpResponse<String> answer = send(authorization, BodyPublishers.ofString(payload("approved")));

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("CS-722").doesNotContain(SECRET);
        assertThat(server.runtime.wokenFor()).isEmpty();
    }

    @Test
    void promise5_aLoginIsNoSecret() {
        assertThat(send("Bearer " + server.token("joe"), BodyPublishers.ofString(payload("approved")))
                        .statusCode())
                .isEqualTo(401);
        assertThat(server.send(server.request("/webhooks/permit").POST(BodyPublishers.ofString("{}")))
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void tooLarge_isRefused_alsoWithoutALength() {
        String large = "{\"reason\":\"" + "x".repeat(WebhookRoutes.BODY_BYTES_MAX) + "\"}";
        byte[] bytes = large.getBytes(StandardCharsets.UTF_8);

        assertThat(send(large).statusCode()).isEqualTo(413);
        assertThat(send("Bearer " + SECRET, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)))
                        .statusCode())
                .isEqualTo(413);
        assertThat(server.runtime.wokenFor()).isEmpty();
    }

    @Test
    void theHostItCameThroughDoesNotMatter_butOnlyHere() {
        HttpRequest.Builder foreign = server.request("/webhooks/permit")
                .header("Authorization", "Bearer " + SECRET)
                .header("Origin", "https://api.permit.io")
                .POST(BodyPublishers.ofString(payload("denied")));

        assertThat(server.send(foreign).statusCode()).isEqualTo(202);
        assertThat(server.runtime.wokenFor()).containsExactly(HENRY);
        assertThat(server.send(server.request("/webhooks/permit")).statusCode()).isEqualTo(405);
        assertThat(server.send(server.request("/healthz").header("Origin", "https://api.permit.io"))
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void withoutASecretOfItsOwn_theServerTakesNone(@TempDir Path other) throws IOException {
        try (ServerFixture without = new ServerFixture(other)) {
            for (String shown : new String[] {"Bearer ", "Bearer " + SECRET}) {
                HttpResponse<String> answer = without.send(without.request("/webhooks/permit")
                        .header("Authorization", shown)
                        .POST(BodyPublishers.ofString(payload("approved"))));
                assertThat(answer.statusCode()).isEqualTo(404);
                assertThat(answer.body()).contains("CS-721");
            }
            assertThat(without.runtime.wokenFor()).isEmpty();
        }
    }
}
