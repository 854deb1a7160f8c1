package dev.countersign.endtoend;

import static dev.countersign.endtoend.Rig.FOOD;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Principal;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.mcpserver.food.Order;
import dev.countersign.permit.RequestDraft;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import dev.countersign.thread.ThreadStatus;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what: every role against every tool, through gate, server and Permit, with a model that tries all of it. */
@Tag("store")
final class RolesTest {
    private static final Principal ROSE = new Principal("rose");

    /** A name that logs in, and that Permit does not know. */
    private static final Principal STRANGER = new Principal("mallory");

    /**
     * Columns: tool, arguments, then what a child, a parent and a stranger get. {@code yes}: it was done; {@code waits}: a
     * request was filed; else the word of the refusal. {@code not_allowed} is the gate's, all others are the server's.
     */
    private static final String TABLE = """
            list_resource_instances   | {}                                                        | yes               | yes               | not_allowed
            check_permission          | {"action":"read","resource_instance":"1"}                 | yes               | yes               | not_allowed
            list_dishes               | {"restaurant_id":"1"}                                     | yes               | yes               | not_allowed
            list_dishes               | {"restaurant_id":"3"}                                     | access_denied     | yes               | not_allowed
            order_dish                | {"restaurant_id":"1","dish_name":"Cheese Pizza"}          | yes               | yes               | not_allowed
            order_dish                | {"restaurant_id":"2","dish_name":"Deluxe Burger"}         | approval_required | yes               | not_allowed
            order_dish                | {"restaurant_id":"3","dish_name":"Escargot"}              | access_denied     | yes               | not_allowed
            create_access_request     | {"resource_instance":"4","role":"child-can-view","reason":"a party"}                     | waits | waits       | not_allowed
            create_operation_approval | {"resource_instance":"2","operation":"order_dish: Deluxe Burger","reason":"a party"}     | waits | waits       | not_allowed
            list_access_requests      | {}                                                        | not_allowed       | yes               | not_allowed
            list_operation_approvals  | {}                                                        | not_allowed       | yes               | not_allowed
            approve_access_request    | {"access_request_id":"ROSES_ACCESS"}                      | not_allowed       | yes               | not_allowed
            deny_access_request       | {"access_request_id":"ROSES_ACCESS"}                      | not_allowed       | yes               | not_allowed
            approve_operation_approval| {"operation_approval_id":"ROSES_OPERATION"}               | not_allowed       | yes               | not_allowed
            deny_operation_approval   | {"operation_approval_id":"ROSES_OPERATION"}               | not_allowed       | yes               | not_allowed
            cancel_access_request     | {"access_request_id":"OWN_ACCESS"}                        | yes               | yes               | not_allowed
            cancel_operation_approval | {"operation_approval_id":"OWN_OPERATION"}                 | yes               | yes               | not_allowed
            cancel_access_request     | {"access_request_id":"ROSES_ACCESS"}                      | forbidden         | forbidden         | not_allowed
            cancel_operation_approval | {"operation_approval_id":"ROSES_OPERATION"}               | forbidden         | forbidden         | not_allowed
            approve_access_request    | {"access_request_id":"OWN_ACCESS"}                        | not_allowed       | forbidden         | not_allowed
            approve_operation_approval| {"operation_approval_id":"OWN_OPERATION"}                 | not_allowed       | forbidden         | not_allowed
            """;

    @TempDir
    private static Path folder;

    private static final Obedient MODEL = new Obedient();

    @SuppressWarnings("NullAway.Init")
    private static EmulatorServer emulator;

    @SuppressWarnings("NullAway.Init")
    private static Rig rig;

    @BeforeAll
    static void start() {
        emulator = EmulatorServer.start(EmulatorConfig.inMemory(Rig.KEY, Clock.systemUTC()));
        rig = new Rig(folder, emulator, Map.of(), (config, agent) -> MODEL);
    }

    @AfterAll
    static void stop() {
        rig.close();
        emulator.close();
    }

    private static String[] cells(String row) {
        return Stream.of(row.split("\\|")).map(String::strip).toArray(String[]::new);
    }

    private static String filed(RequestKind kind, Principal user) {
        boolean access = kind == RequestKind.ACCESS;
        return rig.permit
                .file(new RequestDraft(
                        kind,
                        user.user(),
                        access ? "4" : "2",
                        access ? "child-can-view" : null,
                        access ? null : "order_dish: Deluxe Burger",
                        "for the table",
                        null))
                .id();
    }

    /** Puts fresh requests where the row names one. */
    private static String withIds(String arguments, Principal user) {
        Principal owner = user.equals(STRANGER) ? ROSE : user;
        String filled = arguments;
        for (RequestKind kind : RequestKind.values()) {
            for (String whose : List.of("ROSES_", "OWN_")) {
                String mark = whose + kind;
                if (filled.contains(mark)) {
                    filled = filled.replace(mark, filed(kind, whose.equals("OWN_") ? owner : ROSE));
                }
            }
        }
        return filled;
    }

    /** Has the model make one call for the user, in a chat of its own; the word of what came of it. */
    private static String outcome(Principal user, String tool, String arguments) {
        MODEL.next(List.of(Obedient.call(tool, arguments)));
        String chat = rig.chat(user, FOOD);
        rig.say(user, chat, "go");
        List<Entry> results = rig.results(user, chat);
        assertThat(results).as("results of " + tool).hasSize(1);
        JsonNode result = Rig.json(results.get(0).text());
        if (result.path("status").asText().equals("pending")) {
            rig.runtime().cancel(user, chat);
            return "waits";
        }
        return result.path("error").asText("yes");
    }

    @Test
    void childParentAndStrangerMayDoWhatTheTableSays_toolByTool() {
        List<String> wrong = new ArrayList<>();
        List<Principal> users = List.of(Rig.HENRY, Rig.JOE, STRANGER);
        for (String row : TABLE.lines().toList()) {
            String[] cells = cells(row);
            for (int i = 0; i < users.size(); i++) {
                String got = outcome(users.get(i), cells[0], withIds(cells[1], users.get(i)));
                if (!got.equals(cells[2 + i])) {
                    wrong.add(users.get(i).user() + ": " + cells[0] + " " + cells[1] + ": expected " + cells[2 + i]
                            + ", got " + got);
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(TABLE.lines().map(row -> cells(row)[0]).distinct()).hasSize(14);
        assertThat(rig.orders())
                .filteredOn(
                        order -> order.user().equals("mallory") || order.dish().equals("Escargot"))
                .extracting(Order::user)
                .containsExactly("joe");
    }

    @Test
    void eachRoleIsOfferedJustTheToolsThatTheGateLetsItUse() {
        assertThat(offered(Rig.HENRY)).containsExactlyInAnyOrderElementsOf(open(2));
        assertThat(offered(Rig.JOE))
                .containsExactlyInAnyOrderElementsOf(open(3))
                .hasSize(14);
        assertThat(offered(STRANGER)).isEmpty();
    }

    private static List<String> offered(Principal user) {
        MODEL.next(List.of());
        rig.say(user, rig.chat(user, FOOD), "hello");
        return MODEL.offered();
    }

    private static List<String> open(int column) {
        return TABLE.lines()
                .map(RolesTest::cells)
                .filter(cells -> !cells[column].equals("not_allowed"))
                .map(cells -> cells[0])
                .distinct()
                .toList();
    }

    @Test
    void promise14_anApprovalForTrufflePastaCannotBeSpentOnFoieGras() {
        Principal henry = Rig.HENRY;
        rig.permit.assign("henry", "child-can-view", "3");
        try {
            String pasta = "{\"restaurant_id\":\"3\",\"dish_name\":\"Truffle Pasta\"}";
            String gras = "{\"restaurant_id\":\"3\",\"dish_name\":\"Foie Gras\"}";
            approved("order_dish: Truffle Pasta");
            assertThat(outcome(henry, "order_dish", gras)).isEqualTo("approval_required");
            assertThat(outcome(henry, "order_dish", pasta)).isEqualTo("yes");
            assertThat(outcome(henry, "order_dish", pasta)).isEqualTo("approval_required");
            assertThat(outcome(henry, "order_dish", gras)).isEqualTo("approval_required");
            assertThat(rig.orders())
                    .filteredOn(order ->
                            order.restaurant().equals("3") && order.user().equals("henry"))
                    .extracting(Order::dish)
                    .containsExactly("Truffle Pasta");
        } finally {
            rig.permit.unassign("henry", "child-can-view", "3");
        }
    }

    /** Henry's own chat files it, joe says yes, and the thread has taken it up. */
    private static void approved(String operation) {
        MODEL.next(List.of(Obedient.call(
                "create_operation_approval",
                "{\"resource_instance\":\"3\",\"operation\":\"" + operation + "\",\"reason\":\"please\"}")));
        String chat = rig.chat(Rig.HENRY, FOOD);
        rig.say(Rig.HENRY, chat, "go");
        String request = rig.approve(Rig.HENRY, chat, "joe", "the pasta only");
        rig.waitFor(Rig.HENRY, chat, ThreadStatus.IDLE);
        assertThat(rig.permit.get(RequestKind.OPERATION, request, "henry").status())
                .isEqualTo(RequestStatus.APPROVED);
    }
}
