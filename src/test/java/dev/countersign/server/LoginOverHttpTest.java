package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.account.LoginTokens;
import dev.countersign.core.Json;
import dev.countersign.core.Principal;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("store")
final class LoginOverHttpTest {
    private static ServerFixture server;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static HttpResponse<String> login(String form) {
        return server.send(server.request("/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    }

    private static JsonNode problem(HttpResponse<String> response, int status, String code) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode body = Json.read(response.body());
        assertThat(body.path("code").asText()).isEqualTo(code);
        assertThat(body.path("status").asInt()).isEqualTo(status);
        assertThat(response.body()).doesNotContain("Exception").doesNotContain("at dev.");
        return body;
    }

    @Test
    void passwordForm_givesABearerToken() {
        HttpResponse<String> response = login("grant_type=password&username=henry&password=henry_password");

        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode body = Json.read(response.body());
        assertThat(body.path("token_type").asText()).isEqualTo("bearer");
        HttpResponse<String> me = server.send(server.request("/api/me")
                .header("Authorization", "Bearer " + body.path("access_token").asText()));
        assertThat(Json.read(me.body()).path("user").asText()).isEqualTo("henry");
    }

    @Test
    void wrongPassword_isToldInTheGuidesWords() {
        JsonNode body = problem(login("username=henry&password=wrong"), 401, "CS-701");

        assertThat(body.path("detail").asText()).isEqualTo("Incorrect username or password");
        assertThat(login("username=henry&password=wrong").headers().firstValue("WWW-Authenticate"))
                .contains("Bearer");
    }

    @Test
    void incompleteForms_areRefused() {
        problem(login("username=henry"), 400, "CS-710");
        problem(login(""), 400, "CS-710");
        problem(login("username=henry&password=" + "x".repeat(300)), 400, "CS-710");
    }

    @Test
    void promise7_withoutAValidToken_nothingUnderApiAnswers() {
        String expired = server.token("rose");
        server.clock.advance(Duration.ofMinutes(31));
        String algNone = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJqb2UifQ.";
        String operator = server.tokens.issue(new Principal("joe"), LoginTokens.Audience.OPERATOR);
        for (String header : new String[] {
            "Bearer " + expired,
            "Bearer " + algNone,
            "Bearer " + operator,
            "Bearer " + server.token("stranger"),
            "Bearer " + server.token("joe") + "x",
            "Bearer ",
            "Basic am9lOmpvZV9wYXNzd29yZA=="
        }) {
            for (String path : new String[] {"/api/threads", "/api/me", "/api/approvals/review", "/api/nothing"}) {
                HttpResponse<String> response = server.send(server.request(path).header("Authorization", header));
                assertThat(response.statusCode()).as(header + " at " + path).isEqualTo(401);
            }
        }
        assertThat(server.send(server.request("/api/threads")).statusCode()).isEqualTo(401);
    }

    @Test
    void aRefreshedLogin_goesOn_andALogoutEndsIt() {
        JsonNode first = Json.read(login("grant_type=password&username=jane&password=jane_password")
                .body());
        assertThat(first.path("expires_in").asInt()).isEqualTo(1800);

        JsonNode second = Json.read(login("grant_type=refresh_token&refresh_token="
                        + first.path("refresh_token").asText())
                .body());
        String bearer = "Bearer " + second.path("access_token").asText();
        assertThat(server.send(server.request("/api/me").header("Authorization", bearer))
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> out = server.send(
                server.request("/logout").header("Authorization", bearer).POST(BodyPublishers.noBody()));

        assertThat(out.statusCode()).isEqualTo(204);
        problem(server.send(server.request("/api/me").header("Authorization", bearer)), 401, "CS-702");
        problem(
                login("grant_type=refresh_token&refresh_token="
                        + second.path("refresh_token").asText()),
                401,
                "CS-702");
        problem(login("grant_type=client_credentials&username=jane&password=jane_password"), 400, "CS-710");
        problem(server.send(server.request("/logout").POST(BodyPublishers.noBody())), 401, "CS-711");
    }

    @Test
    void afterTooManyFailures_theAnswerSaysWhenToTryAgain() {
        for (int i = 0; i < 5; i++) {
            problem(login("username=locked&password=wrong"), 401, "CS-701");
        }
        HttpResponse<String> refused = login("username=locked&password=wrong");

        problem(refused, 429, "CS-703");
        assertThat(refused.headers().firstValue("Retry-After")).contains("30");
    }

    @Test
    void healthz_needsNoLogin() {
        assertThat(server.send(server.request("/healthz")).statusCode()).isEqualTo(200);
    }

    @Test
    void operatorsToken_addsAnAccount_aPersonsDoesNot() {
        String operator = server.tokens.issue(new Principal("operator"), LoginTokens.Audience.OPERATOR);
        String body = "{\"user\":\"grandma\",\"password\":\"a long one\"}";

        HttpResponse<String> refused = server.post("joe", "/operator/users", body);
        problem(refused, 401, "CS-702");
        HttpResponse<String> added = server.send(server.request("/operator/users")
                .header("Authorization", "Bearer " + operator)
                .POST(BodyPublishers.ofString(body)));

        assertThat(added.statusCode()).isEqualTo(201);
        assertThat(login("username=grandma&password=a+long+one").statusCode()).isEqualTo(200);
    }

    @Test
    void foreignOriginAndForeignHost_areRefusedEverywhere() {
        for (String path : new String[] {"/healthz", "/token", "/api/me"}) {
            problem(server.send(server.request(path).header("Origin", "https://evil.example")), 403, "CS-712");
            problem(server.send(server.request(path).header("Origin", "null")), 403, "CS-712");
        }
    }
}
