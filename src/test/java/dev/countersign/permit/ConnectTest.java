package dev.countersign.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The scope is the key's own, read once. */
final class ConnectTest {
    private static final String SCOPE = "GET /v2/api-key/scope";
    private final ScriptedPermit server = new ScriptedPermit();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void scopeIsReadOnce_alsoWhenManyThreadsStartAtOnce() throws Exception {
        server.on("POST /allowed", 200, "{\"allow\":true,\"result\":true}");
        server.on("GET " + ScriptedPermit.FACTS + "/users/henry", 200, Samples.user(Samples.HENRY, "henry"));
        Permit permit = server.connect();
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<Future<Boolean>> all = IntStream.range(0, 16)
                    .mapToObj(i -> threads.submit(() -> permit.check("henry", "read", "1")
                            && permit.user("henry").isPresent()))
                    .toList();
            for (Future<Boolean> one : all) {
                assertThat(one.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(server.received(SCOPE)).hasSize(1);
        assertThat(permit.scope().project()).isEqualTo(ScriptedPermit.PROJECT);
        assertThat(permit.scope().environment()).isEqualTo(ScriptedPermit.ENVIRONMENT);
    }

    @Test
    void aKeyOfAWholeProjectOrOrganizationIsRefused() {
        try (ScriptedPermit project =
                        scoped("{\"organization_id\":\"o\",\"project_id\":\"p\",\"environment_id\":null}");
                ScriptedPermit organization = scoped("{\"organization_id\":\"o\",\"project_id\":null}")) {
            assertThatThrownBy(project::connect).hasMessageContaining("CS-309").hasMessageContaining("a whole project");
            assertThatThrownBy(organization::connect).hasMessageContaining("a whole organization");
        }
    }

    private static ScriptedPermit scoped(String body) {
        ScriptedPermit other = new ScriptedPermit().on(SCOPE, 200, body);
        // the first, default reply is used up here
        new Rest(other.config().apiKey(), other.config().timeout())
                .json(
                        RestCall.get("use it up", other.config().apiUrl())
                                .at("v2", "api-key", "scope")
                                .end(),
                        Deadline.in(other.config().timeout()));
        return other;
    }

    @Test
    void settingsThatContradictTheKeyAreAnError_thoseThatAgreeAreNot() {
        assertThatThrownBy(() -> server.connect("PROJECT_ID", "another"))
                .hasMessageContaining("PROJECT_ID")
                .hasMessageContaining("got 'another'")
                .hasMessageContaining("Remove PROJECT_ID");
        assertThatThrownBy(() -> server.connect("ENV_ID", "another")).hasMessageContaining("ENV_ID");
        assertThat(server.connect("PROJECT_ID", ScriptedPermit.PROJECT, "ENV_ID", ScriptedPermit.ENVIRONMENT))
                .isNotNull();
    }

    @Test
    void noKeyAtAll_isSaidBeforeAnythingIsSent() {
        assertThatThrownBy(() -> server.connect("PERMIT_API_KEY", "")).hasMessageContaining("PERMIT_API_KEY");
        assertThat(server.received()).isEmpty();
    }

    @Test
    void aSettingThatCannotBePartOfAPathIsRefused() {
        assertThatThrownBy(() -> server.connect("TENANT", "..")).hasMessageContaining("TENANT");
        assertThatThrownBy(() -> server.connect("ACCESS_ELEMENTS_CONFIG_ID", "a/b"))
                .hasMessageContaining("ACCESS_ELEMENTS_CONFIG_ID");
    }

    @Test
    void nobodyListening_isUnreachableAndSaysWhere() {
        String url = server.url();
        server.close();
        assertThatThrownBy(server::connect)
                .hasMessageContaining("CS-301")
                .hasMessageContaining(url)
                .isInstanceOfSatisfying(
                        PermitException.class,
                        e -> assertThat(e.outcomeUnknown()).isFalse());
    }
}
