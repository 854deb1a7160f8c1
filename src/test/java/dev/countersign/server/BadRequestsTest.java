package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.countersign.account.LoginTokens;
import dev.countersign.core.Json;
import dev.countersign.core.Principal;
import dev.countersign.core.YamlText;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The corpus of requests that nobody should send: each is answered with the right problem document, tells nothing of the server's
 * insides, changes nothing and shows nothing that is somebody else's.
 */
@Tag("store")
final class BadRequestsTest {
    private static ServerFixture server;
    private static JsonNode corpus;
    private static final Map<String, String> WORDS = new HashMap<>();

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException, JOSEException {
        server = new ServerFixture(folder);
        corpus = YamlText.json(Files.readString(Path.of("src/test/resources/server/bad-requests.yaml")));
        String expired = server.token("henry");
        server.clock.advance(Duration.ofMinutes(31));
        String thread = Json.read(server.post("joe", "/api/threads", "{\"title\":\"joe's secret\"}")
                        .body())
                .path("id")
                .asText();
        server.permit.filed("joes-request", RequestKind.ACCESS, "joe");
        String henry = server.token("henry");
        String joes = henry.substring(henry.indexOf('.') + 1, henry.lastIndexOf('.'));
        WORDS.putAll(Map.of(
                "thread",
                thread,
                "request",
                "joes-request",
                "port",
                Integer.toString(server.url("/").getPort()),
                "henry",
                henry,
                "joe",
                server.token("joe")));
        WORDS.put("expired", expired);
        WORDS.put("stranger", server.token("stranger"));
        WORDS.put("operator", server.tokens.issue(new Principal("henry"), LoginTokens.Audience.OPERATOR));
        WORDS.put("forged", henry.substring(0, henry.length() - 6) + "AAAAAA");
        WORDS.put("none-alg", base64("{\"alg\":\"none\"}") + "." + joes + ".");
        WORDS.put("none-alg-mixed", base64("{\"alg\":\"nOnE\"}") + "." + joes + ".");
        WORDS.put("confused", base64("{\"alg\":\"RS256\"}") + henry.substring(henry.indexOf('.')));
        WORDS.put("otherkey", underAnotherKey());
        WORDS.put("endless", henry + "A".repeat(5000));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String underAnotherKey() throws JOSEException {
        SignedJWT token = new SignedJWT(
                new JWSHeader(JWSAlgorithm.HS256),
                new JWTClaimsSet.Builder()
                        .issuer("countersign")
                        .audience("PERSON")
                        .subject("joe")
                        .expirationTime(Date.from(server.clock.instant().plusSeconds(600)))
                        .build());
        token.sign(new MACSigner(new byte[32]));
        return token.serialize();
    }

    @TestFactory
    Stream<DynamicTest> promise7_everyBadRequestIsRefusedAsItShould() {
        return corpus.valueStream()
                .map(entry -> DynamicTest.dynamicTest(entry.path("name").asText(), () -> check(entry)));
    }

    private static void check(JsonNode entry) throws IOException {
        RawAnswer answer = RawAnswer.to(WORDS, entry);

        assertThat(answer.status() + " " + answer.json().path("code").asText())
                .as(answer.text())
                .isEqualTo(entry.path("expect").asText());
        assertThat(answer.header("content-type")).startsWith("application/problem+json");
        assertThat(Described.judgeAs("Problem", answer.body())).isEmpty();
        assertThat(answer.text().toLowerCase(java.util.Locale.ROOT))
                .doesNotContain("exception", "jetty", "javalin", "at dev.", "jackson", "java.", "joe's secret")
                .doesNotContain("access-control-", "set-cookie", "\nserver:");
        if (entry.has("allow")) {
            assertThat(answer.header("allow").split(", "))
                    .containsExactlyInAnyOrder(entry.path("allow").asText().split(", "));
        }
        if (answer.status() == 401) {
            assertThat(answer.header("www-authenticate")).isEqualTo("Bearer");
        }
    }

    @Test
    void theCorpusIsLarge_andChangesNothing() throws IOException {
        for (JsonNode entry : corpus) {
            RawAnswer.to(WORDS, entry);
        }

        assertThat(corpus.size()).isGreaterThanOrEqualTo(60);
        assertThat(Json.read(server.get("henry", "/api/threads").body()).path("threads"))
                .isEmpty();
        JsonNode joes = Json.read(server.get("joe", "/api/threads").body()).path("threads");
        assertThat(joes).hasSize(1);
        assertThat(joes.at("/0/status").asText()).isEqualTo("IDLE");
        assertThat(joes.at("/0/messages").asInt()).isZero();
        assertThat(server.permit.request("joes-request").status()).isEqualTo(RequestStatus.PENDING);
        assertThat(server.runtime.wakes()).isZero();
    }
}
