package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.core.Json;
import dev.countersign.log.ChainCheck;
import dev.countersign.log.LogRow;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.ToolOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which rows of the decision log a thread leaves. */
@Tag("store")
final class LoggedTest {
    private static final String DROP = "call drop_thing {\"name\":\"walrus\"}";

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
        assertThat(ChainCheck.of(after -> world.ports.log().page(after, 2), null)
                        .intact())
                .isTrue();
        assertThat(rows()).noneMatch(row -> row.toString().contains("walrus"));
        world.close();
    }

    private List<LogRow> rows() {
        return world.ports.log().page(0, 1_000).rows();
    }

    private List<String> kinds() {
        return rows().stream().map(LogRow::kind).toList();
    }

    private static String fact(LogRow row, String name) {
        return Json.read(row.detail()).path(name).asText("-");
    }

    private String requestId() {
        return Objects.requireNonNull(world.approval(HENRY, chat, 0).requestId());
    }

    @Test
    void promise11_aRefusedCallIsLogged_withTheToolsNameOnlyWhereItIsNoWordOfTheModel() {
        world.say(HENRY, chat, "call walrus_thing {} + secret_thing {\"name\":\"walrus\"} + list_things {}");
        assertThat(rows())
                .extracting(row -> row.kind() + " " + row.actor() + " " + fact(row, "tool") + " " + fact(row, "code"))
                .containsExactly("CALL_REFUSED henry - unknown_tool", "CALL_REFUSED henry secret_thing not_allowed");
        assertThat(rows())
                .allSatisfy(row -> assertThat(fact(row, "arguments_digest")).hasSize(64));
    }

    @Test
    void promise11_aRequestThatPermitDoesNotTakeIsLogged() {
        world.tools.add(
                "create_operation_approval",
                false,
                List.of("resource_instance", "operation", "reason"),
                call -> new ToolOutcome.Failed("{\"error\":\"walrus\"}"));
        world.say(HENRY, chat, DROP);
        assertThat(kinds()).containsExactly("REQUEST_BEGUN", "REQUEST_REFUSED");
    }

    @Test
    void promise11_aDenialIsLoggedWithItsReviewer_andNotWithItsWords() {
        world.say(HENRY, chat, DROP);
        world.permit.deny(RequestKind.OPERATION, requestId(), "joe", "no walrus here");
        world.runtime.wake();
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(kinds()).containsExactly("REQUEST_BEGUN", "REQUEST_FILED", "DENIED");
        assertThat(rows().get(2).actor()).isEqualTo("joe");
        assertThat(fact(rows().get(2), "request")).isEqualTo(requestId());
    }

    @Test
    void promise11_aWithdrawalAndAnExpiryAreLogged() {
        world.say(HENRY, chat, DROP);
        world.runtime.cancel(HENRY, chat);
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        world.say(HENRY, chat, DROP);
        world.clock.advance(Duration.ofDays(2));
        world.runtime.wake();
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(kinds())
                .containsExactly(
                        "REQUEST_BEGUN", "REQUEST_FILED", "WITHDRAWN", "REQUEST_BEGUN", "REQUEST_FILED", "EXPIRED");
    }

    @Test
    void promise11_aGatedCallLeavesItsWholeWay_andAnApprovalUsedElsewhereARefusal() {
        world.say(HENRY, chat, DROP);
        world.permit.approve(RequestKind.OPERATION, requestId(), "joe", "walrus");
        world.runtime.wake();
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(kinds())
                .containsExactly(
                        "REQUEST_BEGUN", "REQUEST_FILED", "APPROVED", "SPENT", "EFFECT_DISPATCHED", "EFFECT_SUCCEEDED");
        world.say(HENRY, chat, DROP);
        String second = Objects.requireNonNull(world.approval(HENRY, chat, 1).requestId());
        world.permit.approve(RequestKind.OPERATION, second, "joe", null);
        assertThat(world.permit.unassign("henry", "_Approved_", "3")).isTrue();
        world.runtime.wake();
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(kinds().subList(6, kinds().size()))
                .startsWith("REQUEST_BEGUN", "REQUEST_FILED", "APPROVED")
                .contains("SPENT", "CALL_REFUSED")
                .hasSize(5);
    }

    @Test
    void promise11_anUnknownEffectIsLoggedAsUnknown() {
        world.tools.add("do_thing", false, List.of("name"), call -> new ToolOutcome.Unknown("no answer, walrus"));
        world.say(HENRY, chat, "call do_thing {\"name\":\"walrus\"}");
        assertThat(kinds()).containsExactly("EFFECT_DISPATCHED", "EFFECT_UNKNOWN");
        assertThat(rows()).extracting(LogRow::actor).containsOnly("henry");
        assertThat(rows())
                .extracting(LogRow::subject)
                .containsOnly(rows().get(0).subject());
    }
}
