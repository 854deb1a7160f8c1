package dev.countersign.mcpserver.food;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.config.Config;
import dev.countersign.config.Places;
import dev.countersign.core.McpMeta;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.mcpserver.Caller;
import dev.countersign.mcpserver.Caller.Answer;
import dev.countersign.mcpserver.Identity;
import dev.countersign.permit.Permit;
import dev.countersign.permit.Permits;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of it over HTTP: food server, Permit client, emulator with its shipped family. */
final class FoodOverEmulatorTest {
    private static final String KEY = "a-key-for-this-test";
    private static final Map<String, Object> TRUFFLE =
            Map.of("restaurant_id", "Fancy French", "dish_name", "Truffle Pasta");

    @TempDir
    private static Path folder;

    private final EmulatorServer emulator = EmulatorServer.start(EmulatorConfig.inMemory(KEY, Clock.systemUTC()));
    private final Permit permit = Permits.connect(Config.of(
                    new Places(folder, folder),
                    Map.of(
                            "PERMIT_API_KEY", KEY,
                            "PERMIT_API_URL", emulator.url(),
                            "PERMIT_PDP_URL", emulator.url()))
            .permit());
    private final Path file = folder.resolve(UUID.randomUUID().toString());
    private final FoodStore store = FoodStore.open(file, Clock.systemUTC());
    private final Caller caller = new Caller(FoodMcpServer.program(
                    permit,
                    Identity.boundByHost(),
                    store,
                    () -> UUID.randomUUID().toString(),
                    List.of())
            .tools());

    @AfterEach
    void stop() {
        store.close();
        emulator.close();
    }

    /** Follows a refusal's remedy as a model does, and has the reviewer decide. */
    private String asked(String user, Answer refusal, String reason) {
        JsonNode remedy = refusal.json().path("remedy");
        Map<String, Object> arguments = new LinkedHashMap<>();
        remedy.path("arguments")
                .properties()
                .forEach(one -> arguments.put(one.getKey(), one.getValue().asText()));
        arguments.put("reason", reason);
        Answer filed = caller.as(user, remedy.path("tool").asText(), arguments);
        assertThat(filed.isError()).as(filed.text()).isFalse();
        assertThat(filed.json().path("status").asText()).isEqualTo("created");
        JsonNode request = filed.json().has("access_request")
                ? filed.json().path("access_request")
                : filed.json().path("operation_approval");
        assertThat(request.path("reason").asText()).isEqualTo(reason);
        assertThat(request.path("status").asText()).isEqualTo("pending");
        return request.path("id").asText();
    }

    private void decided(String tool, String idName, String id, String comment) {
        Answer decided = caller.as("joe", tool, Map.of(idName, id, "reviewer_comment", comment));
        assertThat(decided.isError()).as(decided.text()).isFalse();
    }

    private void henryMayReadFancyFrench() {
        Answer refused = caller.as("henry", "list_dishes", Map.of("restaurant_id", "3"));
        decided("approve_access_request", "access_request_id", asked("henry", refused, "birthday"), "enjoy");
    }

    @Test
    void aChildIsRefusedAsksAndIsLetIn_deniedOnceThenOrdersExactlyOnce() {
        Answer refused = caller.as("henry", "list_dishes", Map.of("restaurant_id", "Fancy French"));
        assertThat(refused.error()).isEqualTo("access_denied");
        String access = asked("henry", refused, "birthday dinner [operation: order_dish: Foie Gras]");
        JsonNode queue = caller.as("joe", "list_access_requests", Map.of("status", "pending"))
                .json()
                .path("data");
        assertThat(queue).singleElement().satisfies(one -> {
            assertThat(one.path("requester").path("name").asText()).isEqualTo("henry");
            assertThat(one.path("resource_instance").asText()).isEqualTo("3");
            assertThat(one.path("role").asText()).isEqualTo("child-can-view");
            assertThat(one.path("you_may_decide").asBoolean()).isTrue();
        });
        decided("approve_access_request", "access_request_id", access, "have fun");
        assertThat(caller.as("henry", "list_dishes", Map.of("restaurant_id", "Fancy French"))
                        .json()
                        .path("dishes"))
                .hasSize(3);

        Answer tooDear = caller.as("henry", "order_dish", TRUFFLE);
        assertThat(tooDear.error()).isEqualTo("approval_required");
        decided("deny_operation_approval", "operation_approval_id", asked("henry", tooDear, "please"), "too dear");
        assertThat(caller.as("henry", "order_dish", TRUFFLE).error()).isEqualTo("approval_required");
        assertThat(caller.as("henry", "list_operation_approvals", Map.of("status", "denied"))
                        .json()
                        .path("data")
                        .path(0)
                        .path("reviewer_comment")
                        .asText())
                .isEqualTo("too dear");

        String approval = asked("henry", tooDear, "please, please");
        decided("approve_operation_approval", "operation_approval_id", approval, "once");
        Answer ordered = caller.once("k1", "henry", "order_dish", TRUFFLE);
        assertThat(ordered.json().path("order").path("approval_id").asText())
                .as(ordered.text())
                .isEqualTo(approval);
        assertThat(caller.once("k1", "henry", "order_dish", TRUFFLE).json()).isEqualTo(ordered.json());
        assertThat(caller.once("k2", "henry", "order_dish", TRUFFLE).error()).isEqualTo("approval_required");
        assertThat(FoodStore.orders(file)).hasSize(1);
    }

    @Test
    void promise14_anApprovalForTrufflePastaDoesNotOrderFoieGras() {
        henryMayReadFancyFrench();
        Answer tooDear = caller.as("henry", "order_dish", TRUFFLE);
        String approval = asked("henry", tooDear, "x [operation: order_dish: Foie Gras]");
        decided("approve_operation_approval", "operation_approval_id", approval, "the pasta");
        assertThat(caller.as("henry", "check_permission", Map.of("action", "operate", "resource_instance", "3"))
                        .json()
                        .path("allowed")
                        .asBoolean())
                .isTrue();
        assertThat(caller.as("henry", "order_dish", Map.of("restaurant_id", "3", "dish_name", "Foie Gras"))
                        .error())
                .isEqualTo("approval_required");
        assertThat(caller.as("henry", "order_dish", TRUFFLE).isError()).isFalse();
        assertThat(FoodStore.orders(file)).extracting(Order::dish).containsExactly("Truffle Pasta");
    }

    @Test
    void promise6_aRaceForOneApprovalHasOneWinner() throws Exception {
        henryMayReadFancyFrench();
        Answer tooDear = caller.as("henry", "order_dish", TRUFFLE);
        decided("approve_operation_approval", "operation_approval_id", asked("henry", tooDear, "please"), "once");
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Answer>> calls = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String key = "key " + i;
                calls.add(() -> caller.once(key, "henry", "order_dish", TRUFFLE));
            }
            int won = 0;
            for (Future<Answer> answer : pool.invokeAll(calls)) {
                won += answer.get().isError() ? 0 : 1;
            }
            assertThat(won).isEqualTo(1);
        } finally {
            pool.shutdownNow();
        }
        assertThat(FoodStore.orders(file)).hasSize(1);
    }

    @Test
    void promise7_nobodyDecidesTheirOwn_andAStrangerGetsNothing() {
        Answer refused = caller.as("henry", "list_dishes", Map.of("restaurant_id", "3"));
        String id = asked("henry", refused, "birthday");
        for (String user : List.of("henry", "rose", "nobody-at-all")) {
            assertThat(caller.as(user, "approve_access_request", Map.of("access_request_id", id))
                            .isError())
                    .isTrue();
        }
        assertThat(caller.as("nobody-at-all", "list_dishes", Map.of("restaurant_id", "1"))
                        .error())
                .isEqualTo("access_denied");
        assertThat(caller.call("list_access_requests", Map.of(), Map.of(McpMeta.USER, "../joe"))
                        .error())
                .isEqualTo("no_identity");
        assertThat(caller.as("henry", "cancel_access_request", Map.of("access_request_id", id))
                        .json()
                        .path("status")
                        .asText())
                .isEqualTo("canceled");
    }

    @Test
    void promise3_theSameReferenceIsFiledOnce() {
        Map<String, Object> meta = Map.of(McpMeta.USER, "rose", McpMeta.REFERENCE, "ref-77");
        Map<String, Object> arguments = Map.of("resource_instance", "3", "role", "child-can-view", "reason", "a party");
        Answer first = caller.call("create_access_request", arguments, meta);
        Answer second = caller.call("create_access_request", arguments, meta);
        assertThat(second.json().path("access_request").path("id"))
                .as(second.text())
                .isEqualTo(first.json().path("access_request").path("id"));
        assertThat(caller.as("joe", "list_access_requests", Map.of("resource_instance", "3"))
                        .json()
                        .path("data"))
                .hasSize(1);
    }

    @Test
    void whenPermitIsGoneNothingIsAllowed() {
        emulator.close();
        assertThat(caller.as("joe", "list_dishes", Map.of("restaurant_id", "1")).error())
                .isEqualTo("permit_unavailable");
        assertThat(caller.as("joe", "order_dish", Map.of("restaurant_id", "1", "dish_name", "Cheese Pizza"))
                        .error())
                .isEqualTo("permit_unavailable");
        assertThat(FoodStore.orders(file)).isEmpty();
    }
}
