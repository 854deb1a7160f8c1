package dev.countersign.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.emulator.Client.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Operation approvals: one use for one approval, reviewers by role on the instance. */
final class OperationApprovalsTest extends EmulatorTestBase {
    private static final String HENRYS_APPROVAL =
            "{\"user\":\"henry\",\"role\":\"_Approved_\",\"tenant\":\"default\",\"resource_instance\":\"restaurants:3\"}";

    private String one(String id, String verb) {
        return client.operations() + "/" + id + "/" + verb;
    }

    private int consume() throws Exception {
        return client.send("DELETE", client.facts + "/role_assignments", Client.KEY, HENRYS_APPROVAL)
                .status();
    }

    @Test
    void approvedOperationIsAllowedOnce_thenConsumed() throws Exception {
        String child = client.token("henry");
        String parent = client.token("1");
        assertThat(client.check("henry", "operate", "3")).isFalse();
        String id = client.fileOperation(child, "3");

        JsonNode listed = client.send("GET", client.operations() + "?status=pending&resource=restaurants", parent, "")
                .body();
        assertThat(texts(listed.path("data"), "id")).containsExactly(id);
        assertThat(texts(listed.path("data"), "resource_key")).containsExactly("restaurants");
        assertThat(texts(listed.path("data"), "resource_instance_key")).containsExactly("3");
        assertThat(texts(listed.path("data"), "requesting_user_first_name")).containsExactly("henry");

        Answer approved = client.send("PUT", one(id, "approve"), parent, "{\"reviewer_comment\":\"enjoy\"}");
        assertThat(approved.status()).isEqualTo(200);
        assertThat(approved.body().path("type").asText()).isEqualTo("operation_approval");
        assertThat(approved.body().path("access_request_details").has("role")).isFalse();
        assertThat(client.check("henry", "operate", "3")).isTrue();
        assertThat(client.check("henry", "operate", "4")).isFalse();

        assertThat(consume()).isEqualTo(204);
        assertThat(client.check("henry", "operate", "3")).isFalse();
        assertThat(consume()).isEqualTo(404);
    }

    @Test
    void eitherElementOfOperationApprovalsIsTaken_andTheListIsNotBoundToIt() throws Exception {
        String child = client.token("rose");
        String id = client.fileOperation(child, "4");
        String other = client.elements + "/dish-approval/operation_approval";
        assertThat(client.send("GET", other + "/" + id, child, "").status()).isEqualTo(200);
        assertThat(client.send("GET", other + "?resource_instance=4", client.token("jane"), "")
                        .body()
                        .path("data"))
                .hasSize(1);
        assertThat(client.send("GET", other + "?resource_instance=3", child, "")
                        .body()
                        .path("data"))
                .isEmpty();
        assertThat(client.send("GET", other, client.token("henry"), "").body().path("data"))
                .isEmpty();
        assertThat(client.send("POST", client.elements + "/restaurant-requests/operation_approval", child, "{}")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void cancelAndDenyGrantNothing() throws Exception {
        String child = client.token("henry");
        String first = client.fileOperation(child, "3");
        assertThat(client.send("PUT", one(first, "cancel"), child, "")
                        .body()
                        .path("status")
                        .asText())
                .isEqualTo("canceled");
        String second = client.fileOperation(child, "3");
        assertThat(client.send("PUT", one(second, "deny"), client.token("joe"), "{\"reviewer_comment\":\"too dear\"}")
                        .body()
                        .path("status")
                        .asText())
                .isEqualTo("denied");
        assertThat(client.check("henry", "operate", "3")).isFalse();
    }

    @Test
    void parentsOwnOperation_isNotTheirsToApprove() throws Exception {
        String parent = client.token("joe");
        String id = client.fileOperation(parent, "3");
        assertThat(client.send("PUT", one(id, "approve"), parent, "{}").status())
                .isEqualTo(403);
        assertThat(client.send("PUT", one(id, "approve"), client.token("jane"), "{}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void reviewingTakesTheRoleOnThatInstance() throws Exception {
        client.post(
                client.facts + "/role_assignments",
                "{\"user\":\"rose\",\"role\":\"_Reviewer_\",\"tenant\":\"default\",\"resource_instance\":\"restaurants:4\"}");
        String child = client.token("henry");
        String onThree = client.fileOperation(child, "3");
        String onFour = client.fileOperation(child, "4");
        String rose = client.token("rose");
        assertThat(client.send("PUT", one(onThree, "approve"), rose, "{}").status())
                .isEqualTo(403);
        assertThat(client.send("PUT", one(onFour, "approve"), rose, "{}").status())
                .isEqualTo(200);
    }

    @Test
    void twoReviewersRace_exactlyOneDecides_andOneAssignmentStands() throws Exception {
        String child = client.token("henry");
        List<String> parents = List.of(client.token("joe"), client.token("jane"));
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 10; round++) {
                String id = client.fileOperation(child, "3");
                CyclicBarrier together = new CyclicBarrier(4);
                List<Callable<Integer>> decisions = List.of(
                        decision(together, one(id, "approve"), parents.get(0)),
                        decision(together, one(id, "approve"), parents.get(1)),
                        decision(together, one(id, "deny"), parents.get(0)),
                        decision(together, one(id, "cancel"), child));
                List<Integer> statuses = new ArrayList<>();
                for (Future<Integer> each : pool.invokeAll(decisions)) {
                    statuses.add(each.get());
                }
                assertThat(statuses).containsOnlyOnce(200).containsOnly(200, 409);
                boolean approved = client.send("GET", client.operations() + "/" + id, child, "")
                        .body()
                        .path("status")
                        .asText()
                        .equals("approved");
                assertThat(consume()).isEqualTo(approved ? 204 : 404);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private Callable<Integer> decision(CyclicBarrier together, String path, String token) {
        return () -> {
            together.await();
            return client.send("PUT", path, token, "").status();
        };
    }

    @Test
    void twoConsumersRace_oneGetsTheApproval() throws Exception {
        String id = client.fileOperation(client.token("henry"), "3");
        client.send("PUT", one(id, "approve"), client.token("joe"), "{}");
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> each : pool.invokeAll(List.<Callable<Integer>>of(this::consume, this::consume))) {
                statuses.add(each.get());
            }
            assertThat(statuses).containsExactlyInAnyOrder(204, 404);
        } finally {
            pool.shutdownNow();
        }
    }
}
