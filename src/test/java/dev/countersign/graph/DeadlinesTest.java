package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static dev.countersign.graph.World.JOE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.countersign.approval.Notification;
import dev.countersign.approval.Reminders;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RoleAssignment;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of waiting: deadlines, extensions, withdrawals, and each against a decision that comes at the same moment. */
@Tag("store")
final class DeadlinesTest {
    private static final String DROP = "call drop_thing {\"name\":\"x\"}";
    private static final String ACCESS =
            "call create_access_request {\"resource_instance\":\"3\",\"role\":\"child-can-view\",\"reason\":\"r\"}";
    private static final Duration A_DAY = Duration.ofDays(1);

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

    private String requestId(int index) {
        return Objects.requireNonNull(world.approval(HENRY, chat, index).requestId());
    }

    private String state(int index) {
        return world.approval(HENRY, chat, index).state();
    }

    private void becomes(int index, String state) {
        await().atMost(World.PATIENCE).until(() -> state(index).equals(state));
    }

    /** As time goes by: a pause between two tries begins when the first has ended. */
    private void becomesInTime(int index, String state) {
        await().atMost(World.PATIENCE).until(() -> {
            world.clock.advance(Duration.ofMinutes(1));
            return state(index).equals(state);
        });
    }

    private void approve(int index) {
        world.permit.approve(RequestKind.OPERATION, requestId(index), "joe", null);
    }

    private boolean mayOperate() {
        return world.permit.roles("henry").stream().map(RoleAssignment::role).anyMatch("_Approved_"::equals);
    }

    private void grantIsTakenBack() {
        await().atMost(World.PATIENCE).until(() -> !mayOperate());
        assertThat(world.tools.count("drop_thing")).isZero();
    }

    @Test
    void promise6_aYesThatComesWhileTheDeadlineIsEnforcedIsHonoured_andRunsOnce() {
        world.say(HENRY, chat, DROP);
        world.permit.beforeNextCancel = () -> approve(0);
        world.clock.advance(A_DAY);
        becomes(0, "spent");
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(world.tools.count("drop_thing")).isEqualTo(1);
    }

    @Test
    void promise7_aRequestThatPermitWillNotWithdrawEndsAllTheSame_andALateYesIsTakenBack() {
        world.say(HENRY, chat, DROP);
        world.permit.refusesCancels = true;
        world.clock.advance(A_DAY);
        becomesInTime(0, "expired");
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(world.permit.count("cancel")).isGreaterThanOrEqualTo(6);

        approve(0);
        assertThat(mayOperate()).isTrue();
        await().atMost(World.PATIENCE).until(() -> {
            world.clock.advance(Duration.ofHours(1));
            return !mayOperate();
        });
        assertThat(world.tools.count("drop_thing")).isZero();
        assertThat(state(0)).isEqualTo("expired");
    }

    @Test
    void aDeadlineThatPassesWhilePermitIsAwayIsEnforcedWhenItIsBack() {
        world.say(HENRY, chat, DROP);
        world.permit.down = true;
        world.clock.advance(A_DAY);
        await().atMost(World.PATIENCE).until(() -> world.permit.calls.contains("get henry"));
        assertThat(state(0)).isEqualTo("pending");
        world.permit.down = false;
        becomesInTime(0, "expired");
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
    }

    @Test
    void anExtensionMovesTheDeadline_andItsReminders() {
        world.say(HENRY, chat, DROP);
        world.clock.advance(Duration.ofHours(7));
        Reminders reminders = new Reminders(world.database, world.ports.approvals(), world.clock);
        reminders.remind();
        world.runtime.extend(JOE, requestId(0), Duration.ofDays(2));
        world.clock.advance(A_DAY);
        reminders.remind();
        assertThat(state(0)).isEqualTo("pending");
        assertThat(told(Notification.Kind.REMINDER)).isEqualTo(1);
        world.clock.advance(A_DAY);
        reminders.remind();
        assertThat(told(Notification.Kind.REMINDER)).isEqualTo(2);
        assertThat(told(Notification.Kind.ESCALATION)).isZero();
        world.clock.advance(A_DAY);
        becomes(0, "expired");
    }

    private long told(Notification.Kind kind) {
        return world.ports.notifications().undelivered(100).stream()
                .filter(one -> one.kind() == kind)
                .count();
    }

    @Test
    void anExtensionIsRefusedWhenItIsTooLong_TooLate_OrTheRequestIsWithdrawn() {
        world.say(HENRY, chat, DROP);
        String request = requestId(0);
        for (Duration wrong :
                List.of(Duration.ZERO, Duration.ofDays(-1), Duration.ofDays(90), Duration.ofDays(99_999))) {
            assertThatThrownBy(() -> world.runtime.extend(JOE, request, wrong)).hasMessageContaining("CS-233");
        }
        world.database.useTransaction(tx -> world.ports
                .upkeep()
                .deadlines()
                .withdrawSoon(tx, world.approval(HENRY, chat, 0).id()));
        assertThatThrownBy(() -> world.runtime.extend(JOE, request, A_DAY)).hasMessageContaining("CS-232");

        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        world.say(HENRY, chat, DROP);
        String second = requestId(1);
        world.permit.down = true;
        world.clock.advance(A_DAY);
        assertThatThrownBy(() -> world.runtime.extend(JOE, second, A_DAY)).hasMessageContaining("CS-232");
        world.permit.down = false;
    }

    @Test
    void oneRequestIsWithdrawnByItsRequester_andTheConversationCarriesOnWithTheOther() {
        world.say(HENRY, chat, ACCESS);
        world.say(HENRY, chat, DROP);
        assertThatThrownBy(() -> world.runtime.withdraw(JOE, requestId(0))).hasMessageContaining("CS-605");
        world.runtime.withdraw(HENRY, requestId(0));
        world.runtime.withdraw(HENRY, world.approval(HENRY, chat, 0).id());
        becomes(0, "canceled");
        world.waitFor(HENRY, chat, ThreadStatus.PARKED);
        assertThat(state(1)).isEqualTo("pending");
        assertThat(world.permit.calls).contains("cancel henry");

        world.runtime.withdraw(HENRY, requestId(0));
        approve(1);
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(world.tools.count("drop_thing")).isEqualTo(1);
        assertThat(world.transcript(HENRY, chat))
                .filteredOn(entry ->
                        "await_decision".equals(entry.tool()) && entry.text().contains("\"status\":\"canceled\""))
                .hasSize(1);
    }

    @Test
    void promise6_aWithdrawalThatWasAcceptedBeforeTheYesWins_nothingRuns_andTheGrantIsGivenBack() {
        world.say(HENRY, chat, DROP);
        world.permit.beforeNextCancel = () -> approve(0);
        world.runtime.withdraw(HENRY, requestId(0));
        becomes(0, "canceled");
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        grantIsTakenBack();
        assertThat(world.lastText(HENRY, chat)).contains("\"status\":\"canceled\"");
    }

    @Test
    void promise6_aDecisionThatWasAcceptedBeforeTheWithdrawalWins_andRunsOnce() {
        world.say(HENRY, chat, DROP);
        world.runtime.close();
        approve(0);
        world.ports.watcher().check(thread -> {});
        world.ports
                .threads()
                .accept(
                        chat,
                        dev.countersign.thread.EventKind.CANCEL,
                        world.approval(HENRY, chat, 0).id());
        world.database.close();
        world = new World(folder, ScriptedModel.obedient(), world.permit, world.clock);
        becomes(0, "spent");
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(world.tools.count("drop_thing")).isEqualTo(1);
    }

    @Test
    void aWithdrawalWhilePermitIsAwayIsToldAsPending_andMadeGoodByItself() {
        world.say(HENRY, chat, DROP);
        world.permit.down = true;
        world.runtime.withdraw(HENRY, requestId(0));
        await().atMost(World.PATIENCE)
                .until(() -> world.lastText(HENRY, chat).contains("\"status\":\"pending\"")
                        && world.lastText(HENRY, chat).startsWith("await_decision"));
        assertThat(state(0)).isEqualTo("pending");
        world.permit.down = false;
        becomesInTime(0, "canceled");
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(world.lastText(HENRY, chat)).contains("\"status\":\"canceled\"");
    }

    /** What a try at closing does first: it takes the row, so that whoever saw it before changes nothing. */
    private void closingBegins(int index) {
        world.database.useTransaction(tx -> tx.execute(
                "UPDATE approval SET version = version + 1, closings = closings + 1 WHERE id = ?",
                world.approval(HENRY, chat, index).id()));
    }

    @Test
    void promise6_aWithdrawalThatMeetsATryAtClosing_isToldOnce() {
        world.say(HENRY, chat, DROP);
        world.permit.beforeNextCancel = () -> closingBegins(0);
        world.runtime.withdraw(HENRY, requestId(0));
        becomes(0, "canceled");
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        world.say(HENRY, chat, DROP);
        world.permit.beforeNextCancel = () -> {
            closingBegins(1);
            approve(1);
        };
        world.runtime.withdraw(HENRY, requestId(1));
        becomes(1, "canceled");
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        grantIsTakenBack();
        assertThat(world.transcript(HENRY, chat))
                .filteredOn(entry -> "await_decision".equals(entry.tool()))
                .hasSize(2)
                .allMatch(entry -> entry.text().contains("\"status\":\"canceled\""));
    }

    @Test
    void promise6_aYesAfterAWithdrawalThatPermitDidNotHearIsNotUsed() {
        world.say(HENRY, chat, DROP);
        world.permit.refusesCancels = true;
        world.runtime.withdraw(HENRY, requestId(0));
        await().atMost(World.PATIENCE).until(() -> world.lastText(HENRY, chat).startsWith("await_decision"));
        assertThat(state(0)).isEqualTo("pending");
        approve(0);
        world.runtime.wake();
        becomes(0, "canceled");
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        grantIsTakenBack();
    }

    @Test
    void aJobThatFailsAtItsLimitWithdrawsWhatItWaitsFor_andAYesIsNotUsed() {
        world.close();
        Limits limits = new Limits(24, 3, Duration.ofMinutes(5), Duration.ofMinutes(5), 80, 0, 16);
        world = new World(
                folder,
                new ScriptedModel(
                        last -> ScriptedModel.calls("drop_thing {\"name\":\"x\"}", "do_thing {\"name\":\"y\"}")),
                world.permit,
                world.clock,
                limits);
        world.permit.beforeNextCancel = () -> approve(0);
        chat = world.runtime
                .open(HENRY, "things", ThreadKind.JOB, "go on and on")
                .id();
        world.waitFor(HENRY, chat, ThreadStatus.FAILED);
        becomes(0, "canceled");
        grantIsTakenBack();
        assertThat(world.runtime.thread(HENRY, chat).status()).isEqualTo(ThreadStatus.FAILED);
    }
}
