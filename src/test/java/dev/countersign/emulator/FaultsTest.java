package dev.countersign.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.emulator.Client.Answer;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Every way to make the emulator misbehave. */
final class FaultsTest extends EmulatorTestBase {
    private void change(String switches) throws Exception {
        assertThat(client.send("PATCH", "/emulator/faults", Client.KEY, switches)
                        .status())
                .isEqualTo(200);
    }

    private void approveForHenry(String instance) throws Exception {
        String id = client.fileAccess("henry", instance);
        Answer answer = client.send("PUT", client.factsRequests("joe") + "/" + id + "/approve", Client.KEY, "{}");
        assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    void laggingPdpFollowsLater_forGrantsAndForRemovals() throws Exception {
        change("{\"pdpLagMillis\":5000}");
        approveForHenry("3");
        assertThat(client.check("henry", "read", "3")).isFalse();
        clock.advance(Duration.ofSeconds(5));
        assertThat(client.check("henry", "read", "3")).isTrue();
        String removal = "{\"user\":\"henry\",\"role\":\"child-can-view\",\"tenant\":\"default\","
                + "\"resource_instance\":\"restaurants:3\"}";
        assertThat(client.send("DELETE", client.facts + "/role_assignments", Client.KEY, removal)
                        .status())
                .isEqualTo(204);
        assertThat(client.check("henry", "read", "3"))
                .as("removed, not yet seen")
                .isTrue();
        assertThat(client.send("DELETE", client.facts + "/role_assignments", Client.KEY, removal)
                        .status())
                .as("REST knows at once")
                .isEqualTo(404);
        clock.advance(Duration.ofSeconds(5));
        assertThat(client.check("henry", "read", "3")).isFalse();
    }

    @Test
    void frozenPdpWaitsForTheFlush() throws Exception {
        change("{\"pdpFrozen\":true}");
        approveForHenry("3");
        clock.advance(Duration.ofDays(1));
        assertThat(client.check("henry", "read", "3")).isFalse();
        assertThat(client.post("/emulator/faults/flush-pdp", "").status()).isEqualTo(204);
        assertThat(client.check("henry", "read", "3")).isTrue();
    }

    @Test
    void rateLimitSaysWhenToComeBack_andDoesNothing() throws Exception {
        assertThat(client.post(
                                "/emulator/faults",
                                "{\"kind\":\"too_many_requests\",\"path\":\"/access_requests/\",\"value\":7,\"times\":2}")
                        .body()
                        .path("waiting"))
                .hasSize(1);
        for (int i = 0; i < 2; i++) {
            Answer limited = client.post(client.factsRequests("henry"), Client.accessBody("3", "r"));
            assertThat(limited.status()).isEqualTo(429);
            assertThat(limited.raw().headers().firstValue("Retry-After")).contains("7");
        }
        assertThat(client.get(client.factsRequests("henry")).body().path("data"))
                .isEmpty();
    }

    @Test
    void serverErrorHtmlAndMissingAllow() throws Exception {
        Faults faults = server.faults();
        faults.inject(Fault.next(Fault.Kind.SERVER_ERROR, "/users").withMethod("GET"));
        assertThat(client.get(client.facts + "/users/joe").code()).isEqualTo("UNEXPECTED_ERROR");
        faults.inject(Fault.next(Fault.Kind.SERVER_ERROR, "/allowed"));
        assertThat(client.post("/allowed", "{}").body().has("detail")).isTrue();
        faults.inject(Fault.next(Fault.Kind.HTML, "/allowed"));
        Answer html = client.post("/allowed", "{}");
        assertThat(html.status()).isEqualTo(200);
        assertThat(html.text()).startsWith("<html>");
        faults.inject(Fault.next(Fault.Kind.MISSING_ALLOW, "/allowed"));
        assertThat(client.check("joe", "read", "1")).isFalse();
        assertThat(client.check("joe", "read", "1")).isTrue();
    }

    @Test
    void connectionDroppedBefore_leavesNothing_droppedAfter_leavesTheCommit() throws Exception {
        server.faults().inject(Fault.next(Fault.Kind.DROP_BEFORE, "/access_requests/"));
        assertThatThrownBy(() -> client.fileAccess("henry", "3")).isInstanceOf(IOException.class);
        assertThat(client.get(client.factsRequests("henry")).body().path("data"))
                .isEmpty();
        server.faults()
                .inject(Fault.next(Fault.Kind.DROP_AFTER, "/access_requests/").withMethod("POST"));
        assertThatThrownBy(() -> client.fileAccess("henry", "3")).isInstanceOf(IOException.class);
        assertThat(client.get(client.factsRequests("henry")).body().path("data"))
                .hasSize(1);
        assertThat(server.requestLog().matching("POST", "/access_requests/"))
                .extracting(LoggedRequest::status)
                .containsExactly(0, 0);
    }

    @Test
    void slowAnswerComesLate() throws Exception {
        server.faults().inject(Fault.next(Fault.Kind.SLOW, "/users").withValue(300));
        long start = System.nanoTime();
        assertThat(client.get(client.facts + "/users/joe").status()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void loginErrorComesAs200() throws Exception {
        change("{\"loginError\":\"Forbidden access\"}");
        Answer answer = client.post("/v2/auth/elements_login_as", "{\"user_id\":\"joe\",\"tenant_id\":\"default\"}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().path("error").asText()).isEqualTo("Forbidden access");
        assertThat(answer.body().path("token").isNull()).isTrue();
    }

    @Test
    void elementsTokenExpires() throws Exception {
        change("{\"elementsTokenSeconds\":60}");
        String token = client.token("joe");
        assertThat(client.send("GET", client.operations(), token, "").status()).isEqualTo(200);
        clock.advance(Duration.ofSeconds(60));
        assertThat(client.send("GET", client.operations(), token, "").status()).isEqualTo(401);
    }

    @Test
    void listsChangeTheirForm() throws Exception {
        change("{\"listsAsEnvelope\":true,\"listsAsArray\":true}");
        assertThat(client.get(client.facts + "/resource_instances").body().path("data"))
                .hasSize(4);
        assertThat(client.get(client.facts + "/users").body().isArray()).isTrue();
    }

    @Test
    void duplicatesAreTakenOrRefused() throws Exception {
        client.fileAccess("henry", "3");
        client.fileAccess("henry", "3");
        change("{\"duplicatePending409\":true,\"duplicateAssignment409\":true}");
        Answer again = client.post(client.factsRequests("henry"), Client.accessBody("3", "r"));
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.code()).isEqualTo("DUPLICATE_ENTITY");
        client.fileAccess("henry", "4");
        String held = "{\"user\":\"henry\",\"role\":\"child-can-view\",\"tenant\":\"default\","
                + "\"resource_instance\":\"restaurants:1\"}";
        assertThat(client.post(client.facts + "/role_assignments", held).status())
                .isEqualTo(409);
    }

    @Test
    void statusesThatNobodyKnowsCanBeOthers() throws Exception {
        change("{\"secondDecisionStatus\":400,\"notInTenantStatus\":404,\"roleNotAssignableStatus\":422}");
        String id = client.fileAccess("henry", "3");
        String deny = client.factsRequests("joe") + "/" + id + "/deny";
        assertThat(client.send("PUT", deny, Client.KEY, "{}").status()).isEqualTo(200);
        assertThat(client.send("PUT", deny, Client.KEY, "{}").status()).isEqualTo(400);
        client.send("PUT", client.facts + "/users/zoe", Client.KEY, "{\"key\":\"zoe\"}");
        assertThat(client.post(client.factsRequests("zoe"), Client.accessBody("3", "r"))
                        .status())
                .isEqualTo(404);
        assertThat(client.post(
                                client.factsRequests("henry"),
                                Client.accessBody("3", "r").replace("child-can-view", "_Approved_"))
                        .status())
                .isEqualTo(422);
    }

    @Test
    void selfApprovalAndDetailsAsSentCanBeSwitchedOn() throws Exception {
        change("{\"selfApprovalOfAccess\":true,\"selfApprovalOfOperations\":true,\"detailsAsSent\":true}");
        String access = client.fileAccess("joe", "3");
        assertThat(client.send("PUT", client.factsRequests("joe") + "/" + access + "/approve", Client.KEY, "{}")
                        .status())
                .isEqualTo(200);
        String token = client.token("joe");
        String operation = client.fileOperation(token, "3");
        Answer approved = client.send("PUT", client.operations() + "/" + operation + "/approve", token, "{}");
        assertThat(approved.status()).isEqualTo(200);
        assertThat(approved.body()
                        .path("access_request_details")
                        .path("resource_instance")
                        .asText())
                .isEqualTo("3");
    }

    @Test
    void controlRouteShowsRefusesAndClears() throws Exception {
        assertThat(client.send("PATCH", "/emulator/faults", Client.KEY, "{\"noSuchSwitch\":1}")
                        .status())
                .isEqualTo(422);
        assertThat(client.send("PATCH", "/emulator/faults", Client.KEY, "{\"secondDecisionStatus\":200}")
                        .status())
                .isEqualTo(422);
        assertThat(client.post("/emulator/faults", "{\"kind\":\"earthquake\"}").status())
                .isEqualTo(422);
        assertThat(client.send("GET", "/emulator/faults", "wrong", "").status()).isEqualTo(401);
        change("{\"pdpFrozen\":true}");
        JsonNode cleared =
                client.send("DELETE", "/emulator/faults", Client.KEY, "").body();
        assertThat(cleared.path("switches").path("pdpFrozen").asBoolean()).isFalse();
        assertThat(server.faults().switches()).isEqualTo(Switches.standard());
        assertThat(client.get("/emulator/audit").body()).isNotEmpty();
    }
}
