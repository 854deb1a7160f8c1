package dev.countersign.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Filing, deciding and cancelling: the right route, the right identity, sent once. */
final class RequestsTest {
    private static final String ID = Samples.REQUEST_ID;
    private static final String ACCESS =
            ScriptedPermit.FACTS + "/access_requests/restaurant-requests/user/%s/tenant/default";
    private static final String BY_HENRY = ACCESS.formatted("henry");
    private static final String BY_JOE = ACCESS.formatted("joe");
    private static final String TWIN = ScriptedPermit.ELEMENTS + "/restaurant-requests/access_requests";
    private static final String OPERATIONS = ScriptedPermit.ELEMENTS + "/dish-requests/operation_approval";
    private static final String LOGIN = "POST /v2/auth/elements_login_as";

    private final ScriptedPermit server = new ScriptedPermit();

    @BeforeEach
    void seed() {
        server.on("GET " + ScriptedPermit.SCHEMA + "/resources/restaurants", 200, Samples.resource());
        server.on("GET " + ScriptedPermit.SCHEMA + "/roles", 200, "[]");
        server.on(
                "GET " + ScriptedPermit.FACTS + "/resource_instances/" + Samples.FANCY,
                200,
                Samples.instance(Samples.FANCY, "3"));
        server.on("GET " + ScriptedPermit.FACTS + "/users/joe", 200, Samples.user(Samples.JOE, "joe"));
        server.on("GET " + ScriptedPermit.FACTS + "/users/henry", 200, Samples.user(Samples.HENRY, "henry"));
        server.on(LOGIN, 200, Samples.login("elt_first")).on(LOGIN, 200, Samples.login("elt_second"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static RequestDraft access(String reason) {
        return new RequestDraft(RequestKind.ACCESS, "henry", "3", "child-can-view", null, reason, "k7f3");
    }

    private static RequestDraft operation(String reason) {
        return new RequestDraft(RequestKind.OPERATION, "henry", "3", null, "order_dish: Truffle Pasta", reason, "k7f3");
    }

    private static void failsAs(ThrowingCallable call, int status, boolean unknown) {
        assertThatThrownBy(call).isInstanceOfSatisfying(PermitException.class, e -> {
            assertThat(e.status()).isEqualTo(status);
            assertThat(e.outcomeUnknown()).isEqualTo(unknown);
            assertThat(e.getMessage()).doesNotContain(ScriptedPermit.KEY).doesNotContain("elt_");
        });
    }

    @Test
    void accessRequestIsFiledOnTheFactsRouteAsItsUser_andComesBackWithKeys() {
        server.on("POST " + BY_HENRY, 200, Samples.access(ID, "pending", "birthday [ref: k7f3]"));
        PermitRequest filed = server.connect().file(access("birthday"));
        var sent = server.received("POST " + BY_HENRY).get(0);
        JsonNode body = Json.read(sent.body());
        assertThat(sent.authorization()).isEqualTo("Bearer " + ScriptedPermit.KEY);
        assertThat(body.path("reason").asText()).isEqualTo("birthday [ref: k7f3]");
        assertThat(body.at("/access_request_details/resource_instance").asText())
                .isEqualTo("3");
        assertThat(body.at("/access_request_details/role").asText()).isEqualTo("child-can-view");
        assertThat(body.at("/access_request_details/tenant").asText()).isEqualTo("default");
        assertThat(filed.id()).isEqualTo(ID);
        assertThat(filed.status()).isEqualTo(RequestStatus.PENDING);
        assertThat(filed.reason()).isEqualTo("birthday");
        assertThat(filed.reference()).isEqualTo("k7f3");
        assertThat(filed.resourceInstance()).isEqualTo("3");
        assertThat(filed.role()).isEqualTo("child-can-view");
        assertThat(filed.requester()).isEqualTo(Samples.HENRY);
    }

    @Test
    void operationApprovalIsFiledWithTheUsersOwnToken_fetchedForEachCall() {
        server.on(
                "POST " + OPERATIONS,
                200,
                Samples.operation(ID, "pending", "hungry [operation: order_dish: Truffle Pasta] [ref: k7f3]"));
        server.on("GET " + OPERATIONS + "/" + ID, 200, Samples.operation(ID, "pending", "hungry"));
        Permit permit = server.connect();
        PermitRequest filed = permit.file(operation("hungry"));
        permit.get(RequestKind.OPERATION, ID, "joe");
        assertThat(filed.operation()).isEqualTo("order_dish: Truffle Pasta");
        assertThat(server.received("POST " + OPERATIONS).get(0).authorization()).isEqualTo("Bearer elt_first");
        assertThat(server.received("GET " + OPERATIONS + "/" + ID).get(0).authorization())
                .isEqualTo("Bearer elt_second");
        assertThat(Json.read(server.received(LOGIN).get(0).body()))
                .isEqualTo(Json.object().put("user_id", "henry").put("tenant_id", "default"));
        assertThat(Json.read(server.received(LOGIN).get(1).body())
                        .path("user_id")
                        .asText())
                .isEqualTo("joe");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":\"User not found\",\"error_code\":404,\"element_bearer_token\":null}",
                "{\"error\":null,\"token\":\"ticket\",\"element_bearer_token\":null}",
                "{\"error\":null,\"token\":\"ticket\",\"element_bearer_token\":\"  \"}",
                "{\"error\":null,\"element_bearer_token\":\"two\\nlines\"}",
                "{}",
                "<html>"
            })
    void aLoginThatFailedWith200SendsNothing(String answer) {
        try (ScriptedPermit other = new ScriptedPermit()) {
            other.on(LOGIN, 200, answer);
            Permit permit = other.connect();
            failsAs(() -> permit.file(operation("hungry")), 200, false);
            assertThat(other.received("POST " + OPERATIONS)).isEmpty();
        }
    }

    @Test
    void promise3_aFilingWhoseConnectionDropsIsSentOnce_andItsOutcomeIsUnknown() {
        server.drops("POST " + BY_HENRY).drops("POST " + OPERATIONS);
        Permit permit = server.connect();
        failsAs(() -> permit.file(access("birthday")), 0, true);
        failsAs(() -> permit.file(operation("birthday")), 0, true);
        assertThat(server.received("POST " + BY_HENRY)).hasSize(1);
        assertThat(server.received("POST " + OPERATIONS)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504})
    void promise3_aFilingAnsweredByAServerErrorIsSentOnce_andItsOutcomeIsUnknown(int status) {
        server.on("POST " + BY_HENRY, status, "<html>oops</html>", "Retry-After", "0");
        Permit permit = server.connect();
        failsAs(() -> permit.file(access("birthday")), status, true);
        assertThat(server.received("POST " + BY_HENRY)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 422, 429})
    void aFilingThatWasPlainlyRefusedChangedNothing(int status) {
        server.on(
                "POST " + BY_HENRY, status, Samples.error("X", "no Bearer " + ScriptedPermit.KEY), "Retry-After", "0");
        Permit permit = server.connect();
        failsAs(() -> permit.file(access("birthday")), status, false);
        assertThat(server.received("POST " + BY_HENRY)).hasSize(1);
    }

    @Test
    void aSilentServerEndsAtTheDeadline_alsoInTheMiddleOfABody() {
        server.hangs("POST " + BY_HENRY).hangsInBody("POST " + BY_HENRY);
        Permit permit = server.connect("PERMIT_TIMEOUT", "300ms");
        failsAs(() -> permit.file(access("birthday")), 0, true);
        failsAs(() -> permit.file(access("birthday")), 0, true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "{}", "[]", "{\"id\":\"not-a-uuid\"}", ""})
    void promise3_aFilingAnsweredUnreadablyHasAnUnknownOutcome(String body) {
        server.on("POST " + BY_HENRY, 200, body);
        Permit permit = server.connect();
        failsAs(() -> permit.file(access("birthday")), 200, true);
    }

    @Test
    void aSecondPendingWishThatPermitRefuses_isAnsweredWithTheFirst_ifItIsForTheSame() {
        server.on("POST " + OPERATIONS, 409, Samples.error("DUPLICATE_ENTITY", "there is one"));
        server.on(
                "GET " + OPERATIONS,
                200,
                Samples.envelope(
                        Samples.operation(
                                "7f1c2a9e-3b7d-4c55-9a0e-1d2b3c4d5e6f",
                                "pending",
                                "x [operation: order_dish: Foie Gras]"),
                        Samples.operation(ID, "pending", "x [operation: order_dish: Truffle Pasta] [ref: older]")));
        Permit permit = server.connect();
        assertThat(permit.file(operation("hungry")).id()).isEqualTo(ID);
        RequestDraft escargot =
                new RequestDraft(RequestKind.OPERATION, "henry", "3", null, "order_dish: Escargot", "hungry", null);
        failsAs(() -> permit.file(escargot), 409, false);
    }

    @Test
    void aDraftThatDoesNotFitItsKindIsRefused() {
        Permit permit = server.connect();
        assertThatThrownBy(
                        () -> permit.file(new RequestDraft(RequestKind.ACCESS, "henry", "3", null, null, "why", null)))
                .hasMessageContaining("CS-305");
        assertThatThrownBy(() ->
                        permit.file(new RequestDraft(RequestKind.OPERATION, "henry", "3", "parent", null, "why", null)))
                .hasMessageContaining("CS-305");
        assertThatThrownBy(() ->
                        permit.file(new RequestDraft(RequestKind.ACCESS, "henry", "3", "parent", "op", "why", null)))
                .hasMessageContaining("CS-305");
    }

    @Test
    void approvingSendsTheCommentOnce_asTheReviewer() {
        server.on("GET " + BY_JOE + "/" + ID, 200, Samples.access(ID, "pending", "why"));
        server.on("PUT " + BY_JOE + "/" + ID + "/approve", 200, Samples.access(ID, "approved", "why"));
        PermitRequest done = server.connect().approve(RequestKind.ACCESS, ID, "joe", "enjoy 🎂");
        assertThat(done.status()).isEqualTo(RequestStatus.APPROVED);
        assertThat(server.received("PUT " + BY_JOE + "/" + ID + "/approve")
                        .get(0)
                        .body())
                .isEqualTo("{\"reviewer_comment\":\"enjoy 🎂\"}");
    }

    @Test
    void denyingWithoutACommentSendsAnEmptyObject() {
        server.on("GET " + OPERATIONS + "/" + ID, 200, Samples.operation(ID, "pending", "why"));
        server.on("PUT " + OPERATIONS + "/" + ID + "/deny", 200, Samples.operation(ID, "denied", "why"));
        assertThat(server.connect().deny(RequestKind.OPERATION, ID, "joe", null).status())
                .isEqualTo(RequestStatus.DENIED);
        assertThat(server.received("PUT " + OPERATIONS + "/" + ID + "/deny")
                        .get(0)
                        .body())
                .isEqualTo("{}");
    }

    @Test
    void nobodyApprovesTheirOwnRequest_whateverPermitWouldSay() {
        server.on("GET " + OPERATIONS + "/" + ID, 200, Samples.operation(ID, "pending", "why"));
        server.on("PUT " + OPERATIONS + "/" + ID + "/approve", 200, Samples.operation(ID, "approved", "why"));
        Permit permit = server.connect();
        assertThatThrownBy(() -> permit.approve(RequestKind.OPERATION, ID, "henry", null))
                .hasMessageContaining("CS-302")
                .hasMessageContaining("Another reviewer");
        assertThat(server.received("PUT " + OPERATIONS + "/" + ID + "/approve")).isEmpty();
    }

    @Test
    void promise6_aRequestThatIsDecidedIsNotDecidedAgain() {
        server.on("GET " + BY_JOE + "/" + ID, 200, Samples.access(ID, "denied", "why"));
        Permit permit = server.connect();
        assertThatThrownBy(() -> permit.approve(RequestKind.ACCESS, ID, "joe", null))
                .hasMessageContaining("CS-304")
                .hasMessageContaining("already denied");
        assertThat(server.received("PUT " + BY_JOE + "/" + ID + "/approve")).isEmpty();
    }

    @Test
    void promise6_whoLosesTheRaceIsToldWhatReallyIs() {
        server.on("GET " + BY_JOE + "/" + ID, 200, Samples.access(ID, "pending", "why"))
                .on("GET " + BY_JOE + "/" + ID, 200, Samples.access(ID, "canceled", "why"));
        server.on(
                "PUT " + BY_JOE + "/" + ID + "/approve", 409, Samples.error("CONCURRENT_OPERATION_DISALLOWED", "late"));
        Permit permit = server.connect();
        assertThatThrownBy(() -> permit.approve(RequestKind.ACCESS, ID, "joe", null))
                .hasMessageContaining("already canceled");
    }

    @Test
    void promise5_aDecisionAnsweredWithAnotherRequestOrStatusIsNotBelieved() {
        server.on("GET " + BY_JOE + "/" + ID, 200, Samples.access(ID, "pending", "why"));
        String approve = "PUT " + BY_JOE + "/" + ID + "/approve";
        server.on(approve, 200, Samples.access(ID, "pending", "why"));
        server.on(approve, 200, Samples.access("7f1c2a9e-3b7d-4c55-9a0e-1d2b3c4d5e6f", "approved", "why"));
        Permit permit = server.connect();
        failsAs(() -> permit.approve(RequestKind.ACCESS, ID, "joe", null), 200, true);
        failsAs(() -> permit.approve(RequestKind.ACCESS, ID, "joe", null), 200, true);
    }

    @Test
    void anAccessRequestIsCancelledOnTheElementsRoute_asItsRequester_withoutABody() {
        server.on("PUT " + TWIN + "/" + ID + "/cancel", 200, Samples.access(ID, "canceled", "why"));
        assertThat(server.connect().cancel(RequestKind.ACCESS, ID, "henry").status())
                .isEqualTo(RequestStatus.CANCELED);
        var sent = server.received("PUT " + TWIN + "/" + ID + "/cancel").get(0);
        assertThat(sent.authorization()).isEqualTo("Bearer elt_first");
        assertThat(sent.body()).isEmpty();
    }

    @Test
    void anOperationApprovalIsCancelledOnItsOwnRoute() {
        server.on("PUT " + OPERATIONS + "/" + ID + "/cancel", 200, Samples.operation(ID, "canceled", "why"));
        assertThat(server.connect().cancel(RequestKind.OPERATION, ID, "henry").status())
                .isEqualTo(RequestStatus.CANCELED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"deny", "null", "expired", "APPROVED", ""})
    void promise7_aStatusThatPermitDoesNotHaveIsNoAnswer(String status) {
        server.on("GET " + BY_JOE + "/" + ID, 200, Samples.access(ID, status, "why"));
        Permit permit = server.connect();
        assertThatThrownBy(() -> permit.get(RequestKind.ACCESS, ID, "joe")).hasMessageContaining("CS-308");
    }

    @Test
    void aTimeWithoutAZoneIsReadAsUtc_andAnUnreadableOneIsNoAnswer() {
        String naive =
                Samples.access(ID, "pending", "why").replace("2026-03-01T10:00:00+00:00", "2026-03-01T10:00:00.123456");
        server.on("GET " + BY_JOE + "/" + ID, 200, naive)
                .on("GET " + BY_JOE + "/" + ID, 200, naive.replace("2026-03-01T", "yesterday"));
        Permit permit = server.connect();
        assertThat(permit.get(RequestKind.ACCESS, ID, "joe").createdAt()).hasToString("2026-03-01T10:00:00.123456Z");
        assertThatThrownBy(() -> permit.get(RequestKind.ACCESS, ID, "joe")).hasMessageContaining("CS-308");
    }

    @Test
    void aReadThatReturnsAnotherRequestIsNotBelieved() {
        server.on(
                "GET " + BY_JOE + "/" + ID,
                200,
                Samples.access("7f1c2a9e-3b7d-4c55-9a0e-1d2b3c4d5e6f", "approved", "why"));
        Permit permit = server.connect();
        assertThatThrownBy(() -> permit.get(RequestKind.ACCESS, ID, "joe")).hasMessageContaining("CS-308");
    }
}
