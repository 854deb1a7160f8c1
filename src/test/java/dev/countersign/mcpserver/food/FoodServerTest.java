package dev.countersign.mcpserver.food;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import dev.countersign.mcpserver.Caller;
import dev.countersign.mcpserver.Caller.Answer;
import dev.countersign.mcpserver.FakePermit;
import dev.countersign.mcpserver.Identity;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Menus and orders for every role; approvals spent once, on the dish they name. */
final class FoodServerTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T12:00:00.123456789Z"), ZoneOffset.UTC);
    private static final Map<String, Object> TRUFFLE = Map.of("restaurant_id", "3", "dish_name", "Truffle Pasta");
    private static final Map<String, Object> FOIE_GRAS = Map.of("restaurant_id", "3", "dish_name", "Foie Gras");

    @TempDir
    Path folder;

    private final FakePermit permit = new FakePermit();
    private final AtomicInteger ids = new AtomicInteger();
    private FoodStore store = openNothing();
    private Caller caller = new Caller(List.of());

    @SuppressWarnings("NullAway") // opened before each test
    private static FoodStore openNothing() {
        return null;
    }

    @BeforeEach
    void open() {
        store = FoodStore.open(folder.resolve("food"), CLOCK);
        caller = new Caller(FoodMcpServer.program(
                        permit,
                        Identity.boundByHost(),
                        store,
                        () -> FakePermit.uuid("id " + ids.incrementAndGet()),
                        List.of())
                .tools());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void reopened() {
        close();
        open();
    }

    private List<Order> orders() {
        return FoodStore.orders(folder.resolve("food"));
    }

    /** Asks for, and grants, one order of the dish. */
    private String approved(String user, String restaurant, String dish) {
        String id = caller.as(
                        user,
                        "create_operation_approval",
                        Map.of(
                                "resource_instance",
                                restaurant,
                                "operation",
                                "order_dish: " + dish,
                                "reason",
                                "a treat"))
                .json()
                .path("operation_approval")
                .path("id")
                .asText();
        Answer answer = caller.as("joe", "approve_operation_approval", Map.of("operation_approval_id", id));
        assertThat(answer.isError()).as(answer.text()).isFalse();
        return id;
    }

    private void henryMayReadFancyFrench() {
        permit.grant("henry", "child-can-view", "3");
    }

    @Test
    void theMenuIsShownToWhomPermitLetsRead_withPricesAsNumbers() {
        for (String user : List.of("joe", "jane", "henry", "rose")) {
            JsonNode menu =
                    caller.as(user, "list_dishes", Map.of("restaurant_id", "1")).json();
            assertThat(menu.path("restaurant").path("name").asText()).isEqualTo("Pizza Palace");
            assertThat(menu.path("dishes")).hasSize(3);
            assertThat(menu.path("dishes").path(0).path("price").decimalValue()).isEqualByComparingTo("8.99");
        }
    }

    @Test
    void whoMayNotReadIsToldWhatToAskFor_andLearnsNothingOfTheMenu() {
        for (String user : List.of("henry", "rose", "stranger")) {
            for (Answer answer : List.of(
                    caller.as(user, "list_dishes", Map.of("restaurant_id", "Fancy French")),
                    caller.as(user, "order_dish", TRUFFLE),
                    caller.as(user, "order_dish", Map.of("restaurant_id", "3", "dish_name", "No Such Dish")))) {
                assertThat(answer.isError()).isTrue();
                assertThat(answer.error()).isEqualTo("access_denied");
                assertThat(answer.json().path("remedy")).isEqualTo(Json.read("""
                                        {"tool":"create_access_request",
                                         "arguments":{"resource_instance":"3","role":"child-can-view"},
                                         "ask_user_for":["reason"]}
                                        """));
                assertThat(answer.text()).doesNotContain("Truffle").doesNotContain("Escargot");
            }
        }
        assertThat(orders()).isEmpty();
    }

    @Test
    void aRestaurantIsNamedByKeyIdOrItsNameAtPermit_anOldNameIsUnknown() {
        permit.instance("1", "Pasta Palace", true);
        for (String name : List.of("1", "Pasta Palace", "pasta palace", FakePermit.uuid("instance 1"))) {
            assertThat(caller.as("henry", "list_dishes", Map.of("restaurant_id", name))
                            .isError())
                    .as(name)
                    .isFalse();
        }
        for (String name : List.of("Pizza Palace", "../1", "9", "1?x", "..", "’; DROP TABLE dish; --")) {
            assertThat(caller.as("henry", "list_dishes", Map.of("restaurant_id", name))
                            .error())
                    .as(name)
                    .isEqualTo("unknown_restaurant");
        }
        permit.instance("2", "Pasta Palace", true);
        assertThat(caller.as("henry", "list_dishes", Map.of("restaurant_id", "Pasta Palace"))
                        .error())
                .isEqualTo("ambiguous_restaurant");
    }

    @Test
    void aChildOrdersUpToTheLimitAlone_whateverTheCaseOfTheName() {
        Answer answer = caller.as("henry", "order_dish", Map.of("restaurant_id", "1", "dish_name", "cheese PIZZA"));
        assertThat(answer.json().path("status").asText()).isEqualTo("ordered");
        assertThat(answer.json().path("order").path("dish").asText()).isEqualTo("Cheese Pizza");
        assertThat(orders()).singleElement().satisfies(order -> {
            assertThat(order.user()).isEqualTo("henry");
            assertThat(order.approvalId()).isNull();
            assertThat(order.price()).isEqualByComparingTo("8.99");
        });
    }

    @Test
    void aParentOrdersWithoutLimit_andSpendsNoApproval() {
        permit.grant("joe", "_Approved_", "3");
        assertThat(caller.as("joe", "order_dish", TRUFFLE).isError()).isFalse();
        assertThat(permit.count("unassign")).isZero();
    }

    @Test
    void overTheLimitTheRefusalSaysWhatToAskFor() {
        henryMayReadFancyFrench();
        Answer answer = caller.as("henry", "order_dish", TRUFFLE);
        assertThat(answer.error()).isEqualTo("approval_required");
        assertThat(answer.json().path("remedy")).isEqualTo(Json.read("""
                                {"tool":"create_operation_approval",
                                 "arguments":{"resource_instance":"3","operation":"order_dish: Truffle Pasta"},
                                 "ask_user_for":["reason"]}
                                """));
        assertThat(orders()).isEmpty();
    }

    @Test
    void theRulesAreWhatPermitHolds_andAMissingRuleGrantsNothing() {
        permit.attributes("1", Json.object().put("name", "Pizza Palace").put("child_price_limit", 11));
        assertThat(caller.as("henry", "order_dish", Map.of("restaurant_id", "1", "dish_name", "Pepperoni Pizza"))
                        .isError())
                .isFalse();
        permit.attributes("1", Json.object().put("name", "Pizza Palace").put("child_price_limit", "a lot"));
        for (String user : List.of("henry", "joe")) {
            Answer answer = caller.as(user, "order_dish", Map.of("restaurant_id", "1", "dish_name", "Cheese Pizza"));
            assertThat(answer.error()).isEqualTo("approval_required");
        }
        Answer denied = caller.as("stranger", "list_dishes", Map.of("restaurant_id", "1"));
        assertThat(denied.error()).isEqualTo("access_denied");
        assertThat(denied.json().has("remedy")).isFalse();
    }

    @Test
    void promise7_anApprovalThatItsRequesterGaveLetsNothingBeOrdered() {
        henryMayReadFancyFrench();
        String id = caller.as(
                        "henry",
                        "create_operation_approval",
                        Map.of("resource_instance", "3", "operation", "order_dish: Truffle Pasta", "reason", "mine"))
                .json()
                .path("operation_approval")
                .path("id")
                .asText();
        permit.approveOwn(id);
        assertThat(caller.as("henry", "order_dish", TRUFFLE).error()).isEqualTo("approval_required");
        assertThat(orders()).isEmpty();
    }

    @Test
    void promise6_anApprovalIsSpentOnce_andASecondOrderNeedsANewOne() {
        henryMayReadFancyFrench();
        String approval = approved("henry", "3", "Truffle Pasta");
        Answer first = caller.as("henry", "order_dish", TRUFFLE);
        assertThat(first.json().path("order").path("approval_id").asText()).isEqualTo(approval);
        assertThat(permit.check("henry", "operate", "3")).isFalse();
        assertThat(caller.as("henry", "order_dish", TRUFFLE).error()).isEqualTo("approval_required");
        assertThat(orders()).hasSize(1);
        approved("henry", "3", "Truffle Pasta");
        assertThat(caller.as("henry", "order_dish", TRUFFLE).isError()).isFalse();
        assertThat(orders()).hasSize(2);
    }

    @Test
    void promise6_aSpentApprovalStaysSpentAfterARestart_evenIfTheGrantComesBack() {
        henryMayReadFancyFrench();
        approved("henry", "3", "Truffle Pasta");
        caller.as("henry", "order_dish", TRUFFLE);
        permit.grant("henry", "_Approved_", "3");
        reopened();
        assertThat(caller.as("henry", "order_dish", TRUFFLE).error()).isEqualTo("approval_required");
        assertThat(permit.check("henry", "operate", "3")).isTrue();
    }

    @Test
    void promise14_anApprovalForOneDishIsNotSpentOnAnother_norByAnotherUser_norElsewhere() {
        henryMayReadFancyFrench();
        permit.grant("rose", "child-can-view", "3");
        permit.grant("rose", "_Approved_", "3");
        permit.grant("henry", "_Approved_", "4");
        permit.grant("henry", "child-can-view", "4");
        approved("henry", "3", "Truffle Pasta");
        assertThat(caller.as("henry", "order_dish", FOIE_GRAS).error()).isEqualTo("approval_required");
        assertThat(caller.as("rose", "order_dish", TRUFFLE).error()).isEqualTo("approval_required");
        assertThat(caller.as("henry", "order_dish", Map.of("restaurant_id", "4", "dish_name", "Sushi Platter"))
                        .error())
                .isEqualTo("approval_required");
        assertThat(permit.count("unassign")).isZero();
        assertThat(caller.as("henry", "order_dish", TRUFFLE).isError()).isFalse();
    }

    @Test
    void promise14_aReviewerWhoSeesTheChildsApprovalCannotSpendIt() {
        henryMayReadFancyFrench();
        approved("henry", "3", "Truffle Pasta");
        permit.attributes("3", Json.object().put("name", "Fancy French")); // nobody is exempt
        permit.grant("joe", "_Approved_", "3");
        assertThat(caller.as("joe", "order_dish", TRUFFLE).error()).isEqualTo("approval_required");
        assertThat(orders()).isEmpty();
    }

    @Test
    void pendingAndDeniedApprovalsOrderNothing() {
        henryMayReadFancyFrench();
        permit.grant("henry", "_Approved_", "3");
        Map<String, Object> request =
                Map.of("resource_instance", "3", "operation", "order_dish: Truffle Pasta", "reason", "a treat");
        String id = caller.as("henry", "create_operation_approval", request)
                .json()
                .path("operation_approval")
                .path("id")
                .asText();
        assertThat(caller.as("henry", "order_dish", TRUFFLE).error()).isEqualTo("approval_required");
        caller.as("joe", "deny_operation_approval", Map.of("operation_approval_id", id));
        assertThat(caller.as("henry", "order_dish", TRUFFLE).error()).isEqualTo("approval_required");
        assertThat(orders()).isEmpty();
    }

    @Test
    void twoApprovalsOnOneRestaurantAreOneOrder_theOtherMustBeAskedForAgain() {
        henryMayReadFancyFrench();
        approved("henry", "3", "Truffle Pasta");
        approved("henry", "3", "Foie Gras");
        assertThat(caller.as("henry", "order_dish", TRUFFLE).isError()).isFalse();
        assertThat(caller.as("henry", "order_dish", FOIE_GRAS).error()).isEqualTo("approval_required");
        approved("henry", "3", "Escargot");
        assertThat(caller.as("henry", "order_dish", FOIE_GRAS).error())
                .as("the grant of another approval does not revive it")
                .isEqualTo("approval_required");
        assertThat(orders()).hasSize(1);
    }

    @Test
    void aGrantThatSomebodyElseRemovedOrdersNothing() {
        henryMayReadFancyFrench();
        approved("henry", "3", "Truffle Pasta");
        permit.unassign("henry", "_Approved_", "3");
        Answer answer = caller.as("henry", "order_dish", TRUFFLE);
        assertThat(answer.error()).isEqualTo("approval_required");
        assertThat(answer.json().path("message").asText()).contains("not in force");
        assertThat(orders()).isEmpty();
    }

    @Test
    void promise4_theSameKeyIsTheSameOrder_anotherCallWithItIsRefused() {
        Map<String, Object> pizza = Map.of("restaurant_id", "1", "dish_name", "Cheese Pizza");
        Answer first = caller.once("k1", "henry", "order_dish", pizza);
        assertThat(caller.once("k1", "henry", "order_dish", pizza).json()).isEqualTo(first.json());
        reopened();
        assertThat(caller.once("k1", "henry", "order_dish", pizza).json()).isEqualTo(first.json());
        assertThat(caller.once("k1", "rose", "order_dish", pizza).error()).isEqualTo("idempotency_conflict");
        assertThat(caller.once("k1", "henry", "order_dish", Map.of("restaurant_id", "1", "dish_name", "Veggie Pizza"))
                        .error())
                .isEqualTo("idempotency_conflict");
        assertThat(orders()).hasSize(1);
    }

    @Test
    void promise4_anOrderInterruptedAfterTheGrantWasRemovedIsFinishedOnceByTheSameCall() {
        henryMayReadFancyFrench();
        approved("henry", "3", "Truffle Pasta");
        permit.afterNextWrite = FakePermit.lost(); // removed at Permit, and then the answer is lost
        assertThat(caller.once("k1", "henry", "order_dish", TRUFFLE).error()).isEqualTo("outcome_unknown");
        assertThat(orders()).isEmpty();
        reopened();
        Answer finished = caller.once("k1", "henry", "order_dish", TRUFFLE);
        assertThat(finished.json().path("status").asText()).isEqualTo("ordered");
        assertThat(caller.once("k1", "henry", "order_dish", TRUFFLE).json()).isEqualTo(finished.json());
        assertThat(caller.once("k2", "henry", "order_dish", TRUFFLE).error()).isEqualTo("approval_required");
        assertThat(orders()).hasSize(1);
    }

    @Test
    void promise4_anOrderInterruptedBeforeTheGrantWasRemovedRemovesItWhenFinished() {
        henryMayReadFancyFrench();
        approved("henry", "3", "Truffle Pasta");
        permit.insteadOfNextUnassign = FakePermit.lost();
        caller.once("k1", "henry", "order_dish", TRUFFLE);
        reopened();
        assertThat(caller.once("k1", "henry", "order_dish", TRUFFLE).isError()).isFalse();
        assertThat(permit.check("henry", "operate", "3")).isFalse();
        assertThat(orders()).hasSize(1);
    }

    @Test
    void anInterruptedOrderIsTakenOverByANewCallForTheSameDish_butNotForAnother() {
        henryMayReadFancyFrench();
        approved("henry", "3", "Truffle Pasta");
        permit.afterNextWrite = FakePermit.lost();
        caller.once("k1", "henry", "order_dish", TRUFFLE);
        assertThat(caller.once("k2", "henry", "order_dish", FOIE_GRAS).error()).isEqualTo("approval_required");
        assertThat(caller.once("k3", "henry", "order_dish", TRUFFLE).isError()).isFalse();
        assertThat(caller.once("k1", "henry", "order_dish", TRUFFLE).error()).isEqualTo("approval_required");
        assertThat(orders()).hasSize(1);
    }

    @Test
    void anInterruptedOrderIsGivenUpWhenAnotherDishIsOrderedFirst() {
        henryMayReadFancyFrench();
        approved("henry", "3", "Truffle Pasta");
        permit.afterNextWrite = FakePermit.lost();
        caller.once("k1", "henry", "order_dish", TRUFFLE);
        approved("henry", "3", "Foie Gras");
        assertThat(caller.once("k2", "henry", "order_dish", FOIE_GRAS).isError())
                .isFalse();
        assertThat(caller.once("k1", "henry", "order_dish", TRUFFLE).error()).isEqualTo("approval_required");
        assertThat(orders()).hasSize(1);
    }

    @Test
    void aRemovalThatWasNeverSentLeavesTheApprovalGood() {
        henryMayReadFancyFrench();
        approved("henry", "3", "Truffle Pasta");
        permit.insteadOfNextUnassign = FakePermit.unreachable();
        assertThat(caller.once("k1", "henry", "order_dish", TRUFFLE).error()).isEqualTo("permit_unavailable");
        assertThat(orders()).isEmpty();
        assertThat(caller.once("k2", "henry", "order_dish", TRUFFLE).isError()).isFalse();
    }

    @Test
    void promise6_manyCallsAtOnceSpendOneApprovalOnce() throws Exception {
        henryMayReadFancyFrench();
        approved("henry", "3", "Truffle Pasta");
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Answer>> calls = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                String key = i % 2 == 0 ? "same" : "key " + i;
                calls.add(() -> caller.once(key, "henry", "order_dish", TRUFFLE));
            }
            for (Future<Answer> answer : pool.invokeAll(calls)) {
                if (answer.get().isError()) {
                    assertThat(answer.get().error()).isEqualTo("approval_required");
                }
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(orders()).hasSize(1);
        assertThat(permit.count("unassign")).isEqualTo(1);
    }

    @Test
    void anUnknownDishIsAnsweredWithTheMenu() {
        Answer answer = caller.as("henry", "order_dish", Map.of("restaurant_id", "1", "dish_name", "Foie Gras"));
        assertThat(answer.error()).isEqualTo("unknown_dish");
        assertThat(answer.json().path("message").asText()).contains("Cheese Pizza");
    }

    @Test
    void allFourteenToolsAreListed_andEitherKindCanBeExcluded() {
        assertThat(FoodMcpServer.program(permit, Identity.boundByHost(), store, () -> "x", List.of())
                        .tools())
                .hasSize(14);
        assertThat(FoodMcpServer.program(
                                permit,
                                Identity.boundByHost(),
                                store,
                                () -> "x",
                                List.of("order_dish", "deny_access_request"))
                        .tools())
                .hasSize(12);
        assertThatThrownBy(() -> FoodMcpServer.program(
                        permit, Identity.boundByHost(), store, () -> "x", List.of("order_dishes")))
                .hasMessageContaining("CS-451");
    }

    @Test
    void theOrdersOfAFileThatIsNotThereAreNone() {
        assertThat(FoodStore.orders(folder.resolve("nothing"))).isEmpty();
    }
}
