package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.approval.Approval;
import dev.countersign.core.Json;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestDraft;
import dev.countersign.permit.RequestFilter;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import dev.countersign.permit.RoleAssignment;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.ToolInvocation;
import dev.countersign.tool.ToolOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests at Permit that nobody waits for: a filing that arrives late, a second one, a foreign one. */
@Tag("store")
final class OrphansTest {
    private static final String DROP = "call drop_thing {\"name\":\"x\"}";

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private World world;

    private String chat = "";

    @BeforeEach
    void open() {
        world = new World(folder, ScriptedModel.obedient());
        chat = world.chat(HENRY);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private void filing(Function<ToolInvocation, ToolOutcome> handler) {
        world.tools.add(
                "create_operation_approval", false, List.of("resource_instance", "operation", "reason"), handler);
    }

    /** What a request of this thread's approval looks like when it reaches Permit. */
    private PermitRequest arrives(@Nullable String reference) {
        return world.permit.file(new RequestDraft(
                RequestKind.OPERATION, "henry", "3", null, "drop_thing: x", "Drop the thing x", reference));
    }

    private static ToolOutcome filed(PermitRequest request) {
        return new ToolOutcome.Succeeded(Json.write(Json.object()
                .set(
                        "operation_approval",
                        Json.object().put("id", request.id()).put("reference", request.reference()))));
    }

    private Approval approval() {
        return world.ports.approvals().ofThread(chat).get(0);
    }

    private List<PermitRequest> at(RequestStatus status) {
        return world.permit
                .list(RequestKind.OPERATION, "henry", RequestFilter.in(status))
                .data();
    }

    private boolean mayOperate() {
        return world.permit.roles("henry").stream().map(RoleAssignment::role).anyMatch("_Approved_"::equals);
    }

    @Test
    void promise3_aFilingThatReachesPermitAfterWeLooked_isWithdrawnInItsRequestersName() {
        filing(call -> new ToolOutcome.Unknown("no answer in time"));
        world.say(HENRY, chat, DROP);
        assertThat(approval().state().name()).isEqualTo("FAILED");
        arrives(approval().reference());
        world.clock.advance(Duration.ofMinutes(2));
        await().atMost(World.PATIENCE).until(() -> at(RequestStatus.CANCELED).size() == 1);
        assertThat(world.permit.calls).contains("cancel henry");
        assertThat(at(RequestStatus.PENDING)).isEmpty();
    }

    @Test
    void promise3_aFilingThatArrivedLateAndWasApproved_isUndone() {
        filing(call -> new ToolOutcome.Failed("{\"error\":\"outcome_unknown\"}"));
        world.say(HENRY, chat, DROP);
        world.clock.advance(Duration.ofMinutes(2));
        await().atMost(World.PATIENCE).until(() -> world.permit.count("list") >= 2);
        PermitRequest late = arrives(approval().reference());
        world.permit.approve(RequestKind.OPERATION, late.id(), "joe", null);
        assertThat(mayOperate()).isTrue();
        world.clock.advance(Duration.ofMinutes(10));
        await().atMost(World.PATIENCE).until(() -> !mayOperate());
        assertThat(world.tools.count("drop_thing")).isZero();
        assertThat(approval().state().name()).isEqualTo("FAILED");
    }

    @Test
    void promise3_aFilingThatPermitRefused_isNotLookedAfter() {
        filing(call -> new ToolOutcome.Failed("{\"error\":\"forbidden\"}"));
        world.say(HENRY, chat, DROP);
        long asked = world.permit.count("list");
        world.clock.advance(Duration.ofDays(2));
        world.say(HENRY, chat, "hello");
        assertThat(world.permit.count("list")).isEqualTo(asked);
    }

    @Test
    void promise3_aNodeThatFilesAfterItsLeaseWasTaken_withdrawsWhatItFiled_andOneRequestStands() {
        AtomicInteger filings = new AtomicInteger();
        filing(call -> {
            PermitRequest mine = arrives(call.reference());
            if (filings.incrementAndGet() == 1) {
                successorFiles(arrives(call.reference()).id());
            }
            return filed(mine);
        });
        world.runtime.send(HENRY, chat, DROP);
        world.waitFor(HENRY, chat, ThreadStatus.PARKED);
        await().atMost(World.PATIENCE).until(() -> at(RequestStatus.CANCELED).size() == 1);
        assertThat(at(RequestStatus.PENDING))
                .singleElement()
                .satisfies(
                        request -> assertThat(request.id()).isEqualTo(approval().requestId()));
        assertThat(filings).hasValue(1);
    }

    /** What another node does while this one is frozen: takes the thread over, files, and writes the id down. */
    private void successorFiles(String requestId) {
        world.database.useTransaction(tx -> {
            tx.execute("UPDATE thread SET fence = fence + 1, lease_owner = '', lease_until = 0 WHERE id = ?", chat);
            tx.execute(
                    "UPDATE approval SET state = 'PENDING', version = version + 1, request_id = ? WHERE thread_id = ?",
                    requestId,
                    chat);
        });
    }

    @Test
    void promise3_ofTwoRequestsWithOneReference_theExtraOneIsWithdrawn() {
        AtomicInteger tries = new AtomicInteger();
        filing(call -> {
            if (tries.incrementAndGet() == 1) {
                throw new IllegalStateException("frozen before it sent, to be woken later");
            }
            return filed(arrives(call.reference()));
        });
        world.runtime.send(HENRY, chat, DROP);
        world.waitFor(HENRY, chat, ThreadStatus.PARKED);
        assertThat(tries).hasValue(2);
        PermitRequest extra = arrives(approval().reference());
        world.clock.advance(Duration.ofMinutes(2));
        await().atMost(World.PATIENCE).until(() -> at(RequestStatus.CANCELED).size() == 1);
        assertThat(at(RequestStatus.CANCELED).get(0).id()).isEqualTo(extra.id());
        assertThat(at(RequestStatus.PENDING).get(0).id()).isEqualTo(approval().requestId());
        world.permit.approve(RequestKind.OPERATION, String.valueOf(approval().requestId()), "joe", null);
        world.runtime.wake();
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(world.tools.count("drop_thing")).isEqualTo(1);
    }

    @Test
    void promise3_afterACrashWhilePermitRefusesDuplicates_theRequestThatCarriesOurReferenceIsJoined() {
        AtomicInteger tries = new AtomicInteger();
        filing(call -> {
            if (tries.incrementAndGet() == 1) {
                var unused = arrives(call.reference());
                throw new IllegalStateException("halted after it was sent");
            }
            throw new IllegalStateException("there is one pending; it must be found before another is filed");
        });
        world.runtime.send(HENRY, chat, DROP);
        world.waitFor(HENRY, chat, ThreadStatus.PARKED);
        assertThat(tries).hasValue(1);
        assertThat(at(RequestStatus.PENDING))
                .singleElement()
                .satisfies(
                        request -> assertThat(request.id()).isEqualTo(approval().requestId()));
    }

    @Test
    void promise3_aDuplicateThatIsNotOursIsNotJoined_andToldClearly() {
        PermitRequest foreign = arrives("somebodyelses");
        filing(call -> filed(foreign));
        world.say(HENRY, chat, DROP);
        assertThat(world.runtime.thread(HENRY, chat).status()).isEqualTo(ThreadStatus.IDLE);
        assertThat(world.lastText(HENRY, chat)).contains("asked_elsewhere").contains(foreign.id());
        world.permit.approve(RequestKind.OPERATION, foreign.id(), "joe", null);
        world.clock.advance(Duration.ofDays(1));
        world.say(HENRY, chat, "hello");
        assertThat(world.tools.count("drop_thing")).isZero();
        assertThat(mayOperate()).isTrue();
    }
}
