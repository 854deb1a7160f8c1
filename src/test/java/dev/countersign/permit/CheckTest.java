package dev.countersign.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.core.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A check is a yes only when the PDP says so in the documented form. */
final class CheckTest {
    private static final String ALLOWED = "POST /allowed";
    private final ScriptedPermit server = new ScriptedPermit();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void allowAndDenyComeThrough_withTypeKeyAndTenant() {
        server.on(ALLOWED, 200, "{\"allow\":true,\"result\":true}")
                .on(ALLOWED, 200, "{\"allow\":false,\"result\":false}");
        Permit permit = server.connect();
        assertThat(permit.check("henry", "read", "restaurants:1")).isTrue();
        assertThat(permit.check("henry", "read", null)).isFalse();
        var first = Json.read(server.received(ALLOWED).get(0).body());
        assertThat(first.at("/user/key").asText()).isEqualTo("henry");
        assertThat(first.at("/resource/type").asText()).isEqualTo("restaurants");
        assertThat(first.at("/resource/key").asText()).isEqualTo("1");
        assertThat(first.at("/resource/tenant").asText()).isEqualTo("default");
        assertThat(Json.read(server.received(ALLOWED).get(1).body())
                        .at("/resource/key")
                        .isTextual())
                .isFalse();
    }

    @Test
    void anInstanceGivenByIdIsAskedForByKey_sinceThePdpKnowsKeysOnly() {
        server.on(ALLOWED, 200, "{\"allow\":true}");
        server.on(
                "GET " + ScriptedPermit.FACTS + "/resource_instances/" + Samples.FANCY,
                200,
                Samples.instance(Samples.FANCY, "3"));
        assertThat(server.connect().check("joe", "read", Samples.FANCY)).isTrue();
        assertThat(server.received(ALLOWED).get(0).body()).contains("\"3\"").doesNotContain(Samples.FANCY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"result\":true}",
                "<html>ok</html>",
                "[]",
                "\"yes\"",
                "{\"allow\":\"maybe\"}",
                "",
                "null"
            })
    void promise7_anAnswerOfAnotherFormIsNeverAYes(String body) {
        server.on(ALLOWED, 200, body);
        Permit permit = server.connect();
        boolean allowed;
        try {
            allowed = permit.check("henry", "read", "1");
        } catch (PermitException denied) {
            allowed = false;
        }
        assertThat(allowed).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 422, 429, 500, 502, 503})
    void promise7_anErrorIsNeverAYes(int status) {
        server.on(ALLOWED, status, "Missing Authorization header");
        assertThatThrownBy(() -> server.connect().check("henry", "read", "1"))
                .isInstanceOfSatisfying(
                        PermitException.class, e -> assertThat(e.status()).isEqualTo(status));
    }

    @Test
    void promise7_aSilentPdpEndsAtTheDeadline() {
        server.hangs(ALLOWED);
        Permit permit = server.connect("PERMIT_TIMEOUT", "300ms");
        long start = System.nanoTime();
        assertThatThrownBy(() -> permit.check("henry", "read", "1"))
                .isInstanceOf(PermitException.class)
                .hasMessageContaining("deadline");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void aPassingFailureOfThePdpIsAskedOnceMore() {
        server.on(ALLOWED, 502, "{\"detail\":\"no OPA\"}").on(ALLOWED, 200, "{\"allow\":true}");
        assertThat(server.connect().check("henry", "read", "1")).isTrue();
    }

    @Test
    void aTrailingSlashInASettingDoesNotChangeThePath() {
        server.on(ALLOWED, 200, "{\"allow\":true}");
        var slashed = server.config()
                .at(
                        java.net.URI.create(server.url() + "/"),
                        java.net.URI.create(server.url() + "/"),
                        server.config().apiKey());
        assertThat(Permits.connect(slashed).check("henry", "read", "1")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "a\\b", "a?b", "a#b", "a%2Fb", "a b", "a:b:c", "ä", "a\nb"})
    void aUserInstanceOrRoleThatWouldChangeThePathIsRefusedBeforeAnythingIsSent(String hostile) {
        Permit permit = server.connect();
        List<Runnable> calls = List.of(
                () -> permit.check(hostile, "read", "1"),
                () -> permit.check("henry", hostile, "1"),
                () -> permit.check("henry", "read", hostile),
                () -> permit.user(hostile),
                () -> permit.roles(hostile),
                () -> permit.instance(hostile),
                () -> permit.assign(hostile, "parent", "1"),
                () -> permit.assign("joe", hostile, "1"),
                () -> permit.unassign("joe", "parent", hostile),
                () -> permit.list(RequestKind.ACCESS, hostile, RequestFilter.in(RequestStatus.PENDING)),
                () -> permit.list(RequestKind.OPERATION, hostile, RequestFilter.in(RequestStatus.PENDING)),
                () -> permit.get(RequestKind.ACCESS, hostile, "joe"),
                () -> permit.get(RequestKind.ACCESS, Samples.REQUEST_ID, hostile),
                () -> permit.approve(RequestKind.ACCESS, hostile, "joe", null),
                () -> permit.deny(RequestKind.OPERATION, hostile, "joe", null),
                () -> permit.cancel(RequestKind.OPERATION, hostile, "joe"),
                () -> permit.cancel(RequestKind.ACCESS, Samples.REQUEST_ID, hostile));
        for (Runnable call : calls) {
            assertThatThrownBy(call::run).isInstanceOf(PermitException.class).hasMessageContaining("CS-305");
        }
        assertThat(server.received()).hasSize(1);
    }

    @Test
    void authorizedUsersAreReadFromThePdp_andAnythingElseIsAnError() {
        String route = "POST /authorized_users";
        server.on(
                        route,
                        200,
                        "{\"resource\":\"restaurants:3\",\"tenant\":\"default\",\"users\":{\"joe\":[{\"user\":\"joe\",\"role\":\"_Reviewer_\"}]}}")
                .on(route, 200, "{}");
        Permit permit = server.connect();
        assertThat(permit.authorizedUsers("approve", "3")).isEqualTo(Map.of("joe", List.of("_Reviewer_")));
        assertThatThrownBy(() -> permit.authorizedUsers("approve", "3")).isInstanceOf(PermitException.class);
    }
}
