package dev.countersign.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import dev.countersign.emulator.Client.Answer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Access requests, as Permit's own live suite drives them, on both routes. */
final class RequestsTest extends EmulatorTestBase {
    private static final String COMMENT = "Enjoy. \"quotes\" <b>html</b> שלום 你好 " + "x".repeat(4000);

    private String requests(String actor) {
        return client.factsRequests(actor);
    }

    private String idOf(String user) throws Exception {
        return client.get(client.facts + "/users/" + user).body().path("id").asText();
    }

    @Test
    void childAsks_parentApproves_childIsAllowed() throws Exception {
        assertThat(client.check("henry", "read", "3")).isFalse();

        Answer filed = client.post(requests("henry"), Client.accessBody("3", "birthday dinner"));
        assertThat(filed.status()).isEqualTo(200);
        assertThat(filed.body().path("status").asText()).isEqualTo("pending");
        assertThat(filed.body().path("type").asText()).isEqualTo("access_request");
        assertThat(filed.body().path("reason").asText()).isEqualTo("birthday dinner");
        assertThat(filed.body().path("requesting_user_id").asText()).isEqualTo(idOf("henry"));
        assertThat(filed.body().path("reviewer_user_id").isNull()).isTrue();
        assertThat(filed.body().path("created_at").asText()).isEqualTo("2026-03-01T10:00:00.000+00:00");
        String id = filed.body().path("id").asText();

        for (String viewer : new String[] {"henry", "joe"}) {
            JsonNode listed = client.get(requests(viewer)).body();
            assertThat(texts(listed.path("data"), "id")).containsExactly(id);
            assertThat(texts(listed.path("data"), "requesting_user_first_name")).containsExactly("henry");
            assertThat(listed.path("total_count").asInt()).isEqualTo(1);
        }
        assertThat(client.get(requests("rose")).body().path("data")).isEmpty();

        Answer approved = client.send(
                "PUT",
                requests("joe") + "/" + id + "/approve",
                Client.KEY,
                Json.write(Map.of("reviewer_comment", COMMENT)));
        assertThat(approved.status()).isEqualTo(200);
        assertThat(approved.body().path("status").asText()).isEqualTo("approved");
        assertThat(approved.body().path("reviewer_comment").asText()).isEqualTo(COMMENT);
        assertThat(approved.body().path("reviewer_user_id").asText()).isEqualTo(idOf("joe"));
        assertThat(approved.body().path("reviewed_at").asText()).endsWith("+00:00");
        assertThat(client.check("henry", "read", "3")).isTrue();
        assertThat(client.check("henry", "delete", "3")).isFalse();
        assertThat(client.get(requests("henry") + "/" + id)
                        .body()
                        .path("status")
                        .asText())
                .isEqualTo("approved");
    }

    @Test
    void detailsAreUuids_whateverNamedThem() throws Exception {
        String instance = client.get(client.facts + "/resource_instances/restaurants:3")
                .body()
                .path("id")
                .asText();
        for (String reference : new String[] {"3", "restaurants:3", instance}) {
            JsonNode details = client.post(requests("3"), Client.accessBody(reference, "r"))
                    .body()
                    .path("access_request_details");
            assertThat(details.path("resource_instance").asText()).isEqualTo(instance);
            for (String field : new String[] {"tenant", "resource", "role", "element_config_id"}) {
                assertThat(details.path(field).asText()).matches("[0-9a-f-]{36}");
            }
            JsonNode found = client.get(requests("henry") + "?resource_instance_id=" + reference.replace(":", "%3A"))
                    .body();
            assertThat(found.path("total_count").asInt()).isPositive();
        }
        assertThat(client.get(requests("henry") + "?resource_instance_id=4")
                        .body()
                        .path("data"))
                .isEmpty();
        assertThat(client.get(requests("henry") + "?role=child-can-view&status=pending&per_page=2")
                        .body()
                        .path("page_count")
                        .asInt())
                .isEqualTo(2);
        assertThat(client.get(requests("henry") + "?role=parent").body().path("data"))
                .isEmpty();
        assertThat(client.get(requests("henry") + "?resource=restaurants")
                        .body()
                        .path("data"))
                .hasSize(3);
    }

    @Test
    void threeEndings_allStandInTheListWithoutStatus() throws Exception {
        String first = client.fileAccess("henry", "3");
        client.send("PUT", requests("joe") + "/" + first + "/approve", Client.KEY, "{}");
        String second = client.fileAccess("henry", "4");
        assertThat(client.send("PUT", requests("henry") + "/" + second + "/cancel", Client.KEY, "")
                        .body()
                        .path("status")
                        .asText())
                .isEqualTo("canceled");
        String third = client.fileAccess("henry", "4");
        assertThat(client.send(
                                "PUT",
                                requests("jane") + "/" + third + "/deny",
                                Client.KEY,
                                "{\"reviewer_comment\":\"too late in the evening\"}")
                        .body()
                        .path("status")
                        .asText())
                .isEqualTo("denied");
        assertThat(texts(client.get(requests("henry")).body().path("data"), "status"))
                .containsExactlyInAnyOrder("approved", "canceled", "denied");
        assertThat(client.check("henry", "read", "4")).isFalse();
    }

    @Test
    void reviewersOwnRequest_isRefusedToThem_staysPending_andCanBeCanceled() throws Exception {
        String id = client.fileAccess("joe", "3");
        Answer refused = client.send("PUT", requests("joe") + "/" + id + "/approve", Client.KEY, "{}");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("FORBIDDEN_ACCESS");
        assertThat(client.get(requests("joe") + "/" + id).body().path("status").asText())
                .isEqualTo("pending");
        assertThat(client.send("PUT", requests("joe") + "/" + id + "/cancel", Client.KEY, "")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void whoMayNotReview_isRefusedAndNothingChanges() throws Exception {
        String id = client.fileAccess("henry", "3");
        for (String verb : new String[] {"approve", "deny"}) {
            assertThat(client.send("PUT", requests("rose") + "/" + id + "/" + verb, Client.KEY, "{}")
                            .status())
                    .isEqualTo(403);
            assertThat(client.send("PUT", requests("henry") + "/" + id + "/" + verb, Client.KEY, "{}")
                            .status())
                    .isEqualTo(403);
        }
        assertThat(client.send("PUT", requests("joe") + "/" + id + "/cancel", Client.KEY, "")
                        .status())
                .isEqualTo(403);
        assertThat(client.get(requests("rose") + "/" + id).status()).isEqualTo(404);
        assertThat(client.get(requests("henry") + "/" + id)
                        .body()
                        .path("status")
                        .asText())
                .isEqualTo("pending");
        assertThat(client.check("henry", "read", "3")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"approve", "deny", "cancel"})
    void whatIsDecidedStaysDecided(String verb) throws Exception {
        String id = client.fileAccess("henry", "3");
        String first = verb.equals("cancel") ? requests("henry") : requests("joe");
        assertThat(client.send("PUT", first + "/" + id + "/" + verb, Client.KEY, "")
                        .status())
                .isEqualTo(200);
        for (String second : new String[] {"approve", "deny"}) {
            Answer late = client.send("PUT", requests("jane") + "/" + id + "/" + second, Client.KEY, "{}");
            assertThat(late.status()).isEqualTo(409);
            assertThat(late.code()).isEqualTo("CONCURRENT_OPERATION_DISALLOWED");
        }
        assertThat(client.send("PUT", requests("henry") + "/" + id + "/cancel", Client.KEY, "")
                        .status())
                .isEqualTo(409);
        assertThat(client.check("henry", "read", "3")).isEqualTo(verb.equals("approve"));
    }

    @Test
    void childFilesAndCancelsOnTheElementsRoute_parentDecidesThere() throws Exception {
        String child = client.token("3");
        String parent = client.token("joe");
        String route = client.elementsRequests();
        Answer filed = client.send("POST", route, child, Client.accessBody("3", "with friends"));
        assertThat(filed.status()).isEqualTo(200);
        String id = filed.body().path("id").asText();
        assertThat(client.send("PUT", route + "/" + id + "/approve", child, "{}")
                        .status())
                .isEqualTo(403);
        assertThat(texts(
                        client.send("GET", route + "?status=pending&tenant=default", parent, "")
                                .body()
                                .path("data"),
                        "id"))
                .containsExactly(id);
        assertThat(client.send("GET", route + "?tenant=elsewhere", parent, "")
                        .body()
                        .path("data"))
                .isEmpty();
        assertThat(client.send("PUT", route + "/" + id + "/cancel", child, "")
                        .body()
                        .path("status")
                        .asText())
                .isEqualTo("canceled");

        String again = client.send("POST", route, child, Client.accessBody("3", "with friends"))
                .body()
                .path("id")
                .asText();
        assertThat(client.send(
                                "PATCH",
                                route + "/" + again + "/reviewer",
                                parent,
                                "{\"reviewer_comment\":\"thinking\"}")
                        .body()
                        .path("status")
                        .asText())
                .isEqualTo("pending");
        Answer approved = client.send("PUT", route + "/" + again + "/approve", parent, "{}");
        assertThat(approved.body().path("reviewer_comment").asText()).isEqualTo("thinking");
        assertThat(client.check("3", "read", "3")).isTrue();
    }

    @Test
    void elementOfTenantRoles_grantsTheRoleInTheTenant() throws Exception {
        client.post(
                client.schema + "/roles",
                "{\"key\":\"guest\",\"name\":\"Guest\",\"permissions\":[\"restaurants:read\"]}");
        client.post(
                client.schema + "/roles",
                "{\"key\":\"host\",\"name\":\"Host\",\"permissions\":[\"restaurants:update\"]}");
        client.post(client.facts + "/role_assignments", "{\"user\":\"joe\",\"role\":\"host\",\"tenant\":\"default\"}");
        assertThat(client.post(
                                client.elements,
                                "{\"key\":\"guests\",\"name\":\"Guests\",\"elements_type\":\"user_management\","
                                        + "\"settings\":{\"configureType\":\"RBAC\"},"
                                        + "\"roles_to_levels\":{\"LEVEL_2\":[\"host\"],\"LEVEL_4\":[\"guest\"]}}")
                        .status())
                .isEqualTo(200);
        String route = client.facts + "/access_requests/guests/user/";
        String body = "{\"access_request_details\":{\"tenant\":\"default\",\"role\":\"guest\"}}";
        Answer filed = client.post(route + "rose/tenant/default", body);
        assertThat(filed.body()
                        .path("access_request_details")
                        .path("resource_instance")
                        .isNull())
                .isTrue();
        String id = filed.body().path("id").asText();
        assertThat(client.get(route + "joe/tenant/default?resource=restaurants")
                        .body()
                        .path("data"))
                .as("a filter by resource never matches a request without one")
                .isEmpty();
        assertThat(client.send("PUT", route + "joe/tenant/default/" + id + "/approve", Client.KEY, "{}")
                        .status())
                .isEqualTo(200);
        assertThat(client.check("rose", "read", "")).isTrue();
        assertThat(client.check("rose", "read", "4")).isTrue();
        assertThat(client.check("henry", "read", "")).isFalse();
    }

    @Test
    void whatTheElementDoesNotOffer_isRefused() throws Exception {
        Map<String, Integer> bodies = Map.of(
                "{\"access_request_details\":{\"tenant\":\"default\",\"resource_instance\":\"3\",\"role\":\"_Approved_\"}}",
                403,
                "{\"access_request_details\":{\"tenant\":\"default\",\"resource_instance\":\"3\",\"role\":\"king\"}}",
                404,
                "{\"access_request_details\":{\"tenant\":\"default\",\"resource_instance\":\"9\",\"role\":\"child-can-view\"}}",
                404,
                "{\"access_request_details\":{\"tenant\":\"default\",\"role\":\"child-can-view\"}}",
                422,
                "{\"reason\":\"none\"}",
                422,
                "{\"access_request_details\":{\"tenant\":\"nowhere\",\"resource_instance\":\"3\",\"role\":\"child-can-view\"}}",
                404);
        for (Map.Entry<String, Integer> each : bodies.entrySet()) {
            assertThat(client.post(requests("henry"), each.getKey()).status())
                    .as(each.getKey())
                    .isEqualTo(each.getValue());
        }
        client.send("PUT", client.facts + "/users/stranger", Client.KEY, "{\"key\":\"stranger\"}");
        assertThat(client.post(requests("stranger"), Client.accessBody("3", "let me in"))
                        .status())
                .isEqualTo(403);
        assertThat(client.post(requests("nobody"), Client.accessBody("3", "let me in"))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void approverMayGiveAnotherOfferedRole_butNoForeignOne() throws Exception {
        String id = client.fileAccess("henry", "3");
        String approve = requests("joe") + "/" + id + "/approve";
        assertThat(client.send("PUT", approve, Client.KEY, "{\"role\":\"_Reviewer_\"}")
                        .status())
                .isEqualTo(403);
        assertThat(client.send("PUT", approve, Client.KEY, "{\"role\":\"parent\"}")
                        .status())
                .isEqualTo(200);
        assertThat(client.check("henry", "delete", "3")).isTrue();
    }
}
