package dev.countersign.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.core.Json;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Users, instances, roles, and the one act that spends an approval. */
final class FactsTest {
    private static final String ASSIGNMENTS = ScriptedPermit.FACTS + "/role_assignments";
    private static final String INSTANCES = "GET " + ScriptedPermit.FACTS + "/resource_instances";
    private static final String USERS = "GET " + ScriptedPermit.FACTS + "/users";
    private final ScriptedPermit server = new ScriptedPermit();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void promise6_unassignIsTrueForWhoRemovedIt_andFalseForWhoCameLate() {
        server.on("DELETE " + ASSIGNMENTS, 204, "")
                .on("DELETE " + ASSIGNMENTS, 404, Samples.error("NOT_FOUND", "no such"));
        Permit permit = server.connect();
        assertThat(permit.unassign("henry", "_Approved_", "3")).isTrue();
        assertThat(permit.unassign("henry", "_Approved_", "3")).isFalse();
        assertThat(Json.read(server.received("DELETE " + ASSIGNMENTS).get(0).body()))
                .isEqualTo(Json.read("""
                        {"user":"henry","role":"_Approved_","tenant":"default","resource_instance":"restaurants:3"}"""));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 202, 409, 500, 502, 503})
    void promise6_anyOtherAnswerToUnassignIsUnknown_andSentOnce(int status) {
        server.on("DELETE " + ASSIGNMENTS, status, "{}", "Retry-After", "0");
        assertThatThrownBy(() -> server.connect().unassign("henry", "_Approved_", "3"))
                .isInstanceOfSatisfying(
                        PermitException.class,
                        e -> assertThat(e.outcomeUnknown()).isTrue());
        assertThat(server.received("DELETE " + ASSIGNMENTS)).hasSize(1);
    }

    @Test
    void promise6_aWrongRouteIsNotTakenForAnAbsentRole() {
        server.on("DELETE " + ASSIGNMENTS, 404, "{\"detail\":\"Not Found\"}");
        assertThatThrownBy(() -> server.connect().unassign("henry", "_Approved_", "3"))
                .isInstanceOf(PermitException.class);
    }

    @Test
    void promise6_aConnectionThatDropsDuringUnassignIsUnknown_andSentOnce() {
        server.drops("DELETE " + ASSIGNMENTS);
        assertThatThrownBy(() -> server.connect().unassign("henry", "_Approved_", "3"))
                .isInstanceOfSatisfying(
                        PermitException.class,
                        e -> assertThat(e.outcomeUnknown()).isTrue());
        assertThat(server.received("DELETE " + ASSIGNMENTS)).hasSize(1);
    }

    @Test
    void assigningTwiceIsFine_anythingElseIsNot() {
        server.on("POST " + ASSIGNMENTS, 409, Samples.error("DUPLICATE_ENTITY", "held"))
                .on("POST " + ASSIGNMENTS, 403, Samples.error("FORBIDDEN_ACCESS", "no"));
        Permit permit = server.connect();
        permit.assign("henry", "child-can-view", "restaurants:3");
        assertThat(server.received("POST " + ASSIGNMENTS).get(0).body()).contains("\"restaurants:3\"");
        assertThatThrownBy(() -> permit.assign("henry", "child-can-view", "3")).hasMessageContaining("CS-302");
    }

    private static String assignment(String user, String userId, String tenant, String role) {
        return """
                {"id":"x","user":"%s","user_id":"%s","role":"%s","tenant":"%s","tenant_id":"t","role_id":"r",
                 "organization_id":"o","project_id":"p","environment_id":"e","resource_instance":"restaurants:3",
                 "created_at":"2026-03-01T10:00:00+00:00"}""".formatted(user, userId, role, tenant);
    }

    @Test
    void promise7_rolesOfOthersOrOfAnotherTenantThatAListCarriesAreNotTheUsers() {
        server.on(
                "GET " + ASSIGNMENTS,
                200,
                "["
                        + assignment("henry", Samples.HENRY, "default", "child-can-view") + ","
                        + assignment("joe", Samples.JOE, "default", "parent") + ","
                        + assignment("henry", Samples.HENRY, "elsewhere", "parent") + "]");
        server.on(USERS + "/henry", 200, Samples.user(Samples.HENRY, "henry"));
        assertThat(server.connect().roles("henry"))
                .containsExactly(new RoleAssignment("henry", "child-can-view", "default", "restaurants:3"));
    }

    @Test
    void aTimestampWithoutAZoneInASdkAnswerIsAnErrorNotAnEmptyList() {
        server.on(
                "GET " + ASSIGNMENTS,
                200,
                "[" + assignment("henry", Samples.HENRY, "default", "parent").replace("+00:00", "") + "]");
        assertThatThrownBy(() -> server.connect().roles("henry")).hasMessageContaining("CS-308");
    }

    @Test
    void aUserIsFoundByKeyOrId_andAbsentOnlyWhenPermitSaysSo() {
        server.on(USERS + "/henry", 200, Samples.user(Samples.HENRY, "henry"));
        server.on(USERS + "/ghost", 404, Samples.error("NOT_FOUND", "could not find 'User'"));
        server.on(USERS + "/broken", 200, "<html>");
        Permit permit = server.connect();
        assertThat(permit.user("henry").orElseThrow().displayName()).isEqualTo("henry");
        assertThat(permit.user("ghost")).isEmpty();
        assertThatThrownBy(() -> permit.user("broken")).hasMessageContaining("CS-308");
    }

    @Test
    void instancesAreAskedForWithTenantAndType_andOthersAreLeftOut() {
        String other = Samples.instance("bbbbbbbb-0000-4000-8000-000000000099", "9")
                .replace("\"resource\":\"restaurants\"", "\"resource\":\"cars\"");
        server.on(INSTANCES, 200, "[" + Samples.instance(Samples.FANCY, "3") + "," + other + "]");
        Page<ResourceInstance> page = server.connect().instances(1, 100);
        assertThat(page.data()).extracting(ResourceInstance::key).containsExactly("3");
        assertThat(server.received(INSTANCES).get(0).query()).contains("tenant=default", "resource=restaurants");
    }

    @Test
    void anInstanceCarriesItsPolicyData_readAnewEachTime() {
        String route = INSTANCES + "/restaurants:3";
        server.on(route, 200, Samples.instance(Samples.FANCY, "3"))
                .on(route, 200, Samples.instance(Samples.FANCY, "3").replace("10.00", "12.50"));
        server.on(INSTANCES + "/restaurants:7", 404, Samples.error("NOT_FOUND", "none"));
        Permit permit = server.connect();
        assertThat(permit.instance("3")
                        .orElseThrow()
                        .attributes()
                        .path("child_price_limit")
                        .asDouble())
                .isEqualTo(10.0);
        assertThat(permit.instance("3")
                        .orElseThrow()
                        .attributes()
                        .path("child_price_limit")
                        .asDouble())
                .isEqualTo(12.5);
        assertThat(permit.instance("7")).isEmpty();
    }

    @Test
    void aReadIsAskedAgainAfterAPassingFailure_withinTheDeadline() {
        server.on(USERS, 429, "{\"error\":\"rate_limited\"}", "Retry-After", "0")
                .drops(USERS)
                .on(USERS, 200, Samples.envelope(Samples.user(Samples.HENRY, "henry")));
        assertThat(server.connect().users(1, 100).data())
                .extracting(PermitUser::key)
                .containsExactly("henry");
        assertThat(server.received(USERS)).hasSize(3);
    }

    @Test
    void aReadGivesUpAtOnce_whenPermitAsksForMoreTimeThanThereIs() {
        server.on(USERS, 429, "{\"error\":\"rate_limited\",\"message\":\"slow down\"}", "Retry-After", "60");
        Permit permit = server.connect();
        long start = System.nanoTime();
        assertThatThrownBy(() -> permit.users(1, 100))
                .hasMessageContaining("CS-307")
                .hasMessageContaining("slow down");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        assertThat(server.received(USERS)).hasSize(1);
    }

    @Test
    void aRedirectIsNotFollowed() {
        server.on(USERS, 302, "", "Location", server.url() + "/elsewhere");
        assertThatThrownBy(() -> server.connect().users(1, 100)).isInstanceOf(PermitException.class);
        assertThat(server.received("GET /elsewhere")).isEmpty();
    }

    @Test
    void everyShapeOfErrorIsToldInWords_andNoSecretIsRepeated() {
        server.on(
                        USERS,
                        422,
                        "{\"detail\":[{\"loc\":[\"query\",\"page\"],\"msg\":\"must be 1\",\"type\":\"value_error\"}]}")
                .on(USERS, 401, "Invalid token Bearer " + ScriptedPermit.KEY)
                .on(USERS, 403, "{\"detail\":\"key " + ScriptedPermit.KEY + " lacks scope\"}")
                .on(USERS, 404, Samples.error("NOT_FOUND", "no users"))
                .on(USERS, 400, "<html><body>secret page</body></html>")
                .on(USERS, 418, "x".repeat(5000));
        Permit permit = server.connect();
        assertThatThrownBy(() -> permit.users(1, 1)).hasMessageContaining("query.page: must be 1");
        assertThatThrownBy(() -> permit.users(1, 1))
                .hasMessageContaining("CS-306")
                .hasMessageContaining("PERMIT_API_KEY")
                .hasMessageNotContaining(ScriptedPermit.KEY);
        assertThatThrownBy(() -> permit.users(1, 1))
                .hasMessageContaining("key *** lacks scope")
                .hasMessageNotContaining(ScriptedPermit.KEY);
        assertThatThrownBy(() -> permit.users(1, 1)).hasMessageContaining("no users");
        assertThatThrownBy(() -> permit.users(1, 1)).hasMessageNotContaining("secret page");
        assertThatThrownBy(() -> permit.users(1, 1))
                .satisfies(
                        e -> assertThat(String.valueOf(e.getMessage()).length()).isLessThan(800));
    }

    @Test
    void anAnswerWithoutEndIsCutOff() {
        server.on(USERS, 200, "[" + " ".repeat(LimitedBody.BYTES_MAX + 10) + "]");
        assertThatThrownBy(() -> server.connect("PERMIT_TIMEOUT", "20s").users(1, 1))
                .isInstanceOf(PermitException.class)
                .hasMessageContaining("longer than");
    }
}
