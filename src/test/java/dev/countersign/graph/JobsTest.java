package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.countersign.account.SettableClock;
import dev.countersign.approval.Notification;
import dev.countersign.approval.Notification.Kind;
import dev.countersign.approval.NotificationChoices;
import dev.countersign.approval.NotificationChoices.Choice;
import dev.countersign.config.NotifyConfig.Channel;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.mcpserver.FakePermit;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.ToolOutcome;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs: a goal and nobody typing. */
@Tag("store")
final class JobsTest {
    @TempDir
    Path folder;

    private final FakePermit permit = new FakePermit();
    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T10:00:00Z"));

    private World world(Function<ChatMessage, AiMessage> script, Limits limits) {
        return new World(folder, new ScriptedModel(script), permit, clock, limits);
    }

    private static Limits limits(int jobSteps, Duration jobTime) {
        return new Limits(24, jobSteps, Duration.ofMinutes(5), jobTime, 80, 0, 16);
    }

    private static ThreadView submit(World world, String goal) {
        return world.runtime.open(HENRY, "things", ThreadKind.JOB, goal);
    }

    /** Decides the one approval that is pending, once there are more than {@code before} approvals in all. */
    private static void decide(World world, String job, int before, boolean approve) {
        await().atMost(World.PATIENCE)
                .until(() -> world.runtime.approvals(HENRY, job).size() > before
                        && pending(world, job).isPresent());
        String request =
                Objects.requireNonNull(pending(world, job).orElseThrow().requestId());
        if (approve) {
            world.permit.approve(RequestKind.OPERATION, request, "joe", null);
        } else {
            world.permit.deny(RequestKind.OPERATION, request, "joe", "not this one");
        }
        world.runtime.wake();
    }

    private static Optional<AgentRuntime.ApprovalView> pending(World world, String job) {
        return world.runtime.approvals(HENRY, job).stream()
                .filter(approval -> approval.state().equals("pending"))
                .findFirst();
    }

    /** Ten things done, one dropped, ten more done, another dropped, a third denied, then the end. */
    private static Function<ChatMessage, AiMessage> twentyCalls(AtomicInteger step) {
        return last -> {
            int now = step.incrementAndGet();
            if (now == 11 || now == 22 || now == 24) {
                return ScriptedModel.calls("drop_thing {\"name\":\"n" + now + "\"}");
            }
            if (now == 12 || now == 23 || now == 25) {
                return AiMessage.from("waiting for a reviewer");
            }
            return now > 26
                    ? AiMessage.from("all done after " + now + " steps")
                    : ScriptedModel.calls("do_thing {\"name\":\"n" + now + "\"}");
        };
    }

    @Test
    void aJobOfTwentyCallsSurvivesTwoApprovalsARestartAndADenial_andEndsWithAResult() {
        AtomicInteger step = new AtomicInteger();
        World world = world(twentyCalls(step), Limits.DEFAULTS);
        String job = submit(world, "do many things").id();
        decide(world, job, 0, true);
        await().atMost(World.PATIENCE)
                .until(() -> world.runtime.approvals(HENRY, job).size() > 1
                        && world.runtime.thread(HENRY, job).status() == ThreadStatus.PARKED);
        long before = world.tools.count("do_thing") + world.tools.count("drop_thing");
        world.close();

        World again = world(twentyCalls(step), Limits.DEFAULTS);
        decide(again, job, 1, true);
        decide(again, job, 2, false);
        ThreadView done = again.waitFor(HENRY, job, ThreadStatus.DONE);
        assertThat(done.result()).startsWith("all done after");
        assertThat(before + again.tools.count("do_thing") + again.tools.count("drop_thing"))
                .isGreaterThanOrEqualTo(20);
        assertThat(again.tools.count("drop_thing")).isEqualTo(1);
        assertThat(done.toolCalls()).isGreaterThanOrEqualTo(23);
        again.close();
    }

    @Test
    void aJobStopsAtItsStepLimit_andSaysSo() {
        try (World world =
                world(last -> ScriptedModel.calls("do_thing {\"name\":\"again\"}"), limits(7, Duration.ofHours(1)))) {
            ThreadView job =
                    world.waitFor(HENRY, submit(world, "go on for ever").id(), ThreadStatus.FAILED);
            assertThat(job.result()).contains("7 steps");
            assertThat(world.tools.count("do_thing")).isEqualTo(7);
        }
    }

    @Test
    void aJobStopsAtItsTimeLimit_andWaitingForPeopleDoesNotCount() {
        AtomicInteger asked = new AtomicInteger();
        try (World world = world(
                last -> asked.incrementAndGet() == 1
                        ? ScriptedModel.calls("drop_thing {\"name\":\"x\"}")
                        : asked.get() == 2
                                ? AiMessage.from("waiting")
                                : ScriptedModel.calls("do_thing {\"name\":\"y\"}"),
                limits(1_000, Duration.ofMinutes(10)))) {
            world.tools.add("do_thing", false, java.util.List.of("name"), call -> {
                world.clock.advance(Duration.ofMinutes(4));
                return new ToolOutcome.Succeeded("{}");
            });
            String job = submit(world, "slow work").id();
            world.waitFor(HENRY, job, ThreadStatus.PARKED);
            world.clock.advance(Duration.ofHours(20));
            decide(world, job, 0, true);
            ThreadView failed = world.waitFor(HENRY, job, ThreadStatus.FAILED);
            assertThat(failed.result()).contains("600 s of work");
            assertThat(world.tools.count("do_thing")).isEqualTo(3);
        }
    }

    @Test
    void aParkedJobCanBeCanceled_andItsRequestIsWithdrawnAtPermit() {
        try (World world = world(
                last -> last instanceof dev.langchain4j.data.message.UserMessage
                        ? ScriptedModel.calls("drop_thing {\"name\":\"x\"}")
                        : AiMessage.from("waiting"),
                Limits.DEFAULTS)) {
            String job = submit(world, "drop x").id();
            world.waitFor(HENRY, job, ThreadStatus.PARKED);
            world.runtime.cancel(HENRY, job);
            world.waitFor(HENRY, job, ThreadStatus.CANCELED);
            assertThat(world.approval(HENRY, job, 0).state()).isEqualTo("canceled");
            assertThat(world.tools.count("drop_thing")).isZero();
        }
    }

    @Test
    void aRunningJobThatIsCanceledStartsNoFurtherCall() {
        CountDownLatch canceled = new CountDownLatch(1);
        try (World world = world(last -> ScriptedModel.calls("do_thing {\"name\":\"x\"}"), Limits.DEFAULTS)) {
            world.tools.add("do_thing", false, java.util.List.of("name"), call -> {
                try {
                    canceled.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return new ToolOutcome.Succeeded("{}");
            });
            String job = submit(world, "go on").id();
            await().atMost(World.PATIENCE).until(() -> world.tools.count("do_thing") == 1);
            world.runtime.cancel(HENRY, job);
            canceled.countDown();
            await().atMost(World.PATIENCE)
                    .until(() -> world.runtime.thread(HENRY, job).status() != ThreadStatus.RUNNING);
            assertThat(world.tools.count("do_thing")).isEqualTo(1);
        }
    }

    @Test
    void aJobTakesNoMessages() {
        try (World world = world(last -> AiMessage.from("done"), Limits.DEFAULTS)) {
            String job = submit(world, "nothing much").id();
            assertThat(world.waitFor(HENRY, job, ThreadStatus.DONE).result()).isEqualTo("done");
            assertThatThrownBy(() -> world.runtime.send(HENRY, job, "hi")).hasMessageContaining("CS-603");
        }
    }

    @Test
    void aJobCanceledInMidTurnAsksTheModelNoMore_andWithdrawsWhatItHadFiled() {
        CountDownLatch canceled = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        try (World world = world(
                last -> {
                    if (asked.incrementAndGet() > 1) {
                        waitFor(canceled);
                    }
                    return ScriptedModel.calls(
                            asked.get() == 1 ? "drop_thing {\"name\":\"x\"}" : "do_thing {\"name\":\"x\"}");
                },
                Limits.DEFAULTS)) {
            String job = submit(world, "drop x, and go on").id();
            await().atMost(World.PATIENCE).until(() -> asked.get() == 2);
            world.runtime.cancel(HENRY, job);
            canceled.countDown();
            world.waitFor(HENRY, job, ThreadStatus.CANCELED);
            await().atMost(World.PATIENCE)
                    .until(() -> world.approval(HENRY, job, 0).state().equals("canceled"));
            assertThat(asked.get()).isEqualTo(2);
            assertThat(world.tools.count("do_thing")).isZero();
        }
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aJobsEndIsToldOnce_toWhoAskedForThat() {
        try (World world = world(last -> AiMessage.from("done"), Limits.DEFAULTS)) {
            String untold = submit(world, "be quick").id();
            world.waitFor(HENRY, untold, ThreadStatus.DONE);
            new NotificationChoices(world.database)
                    .say("henry", Map.of(new Choice(Kind.JOB_FINISHED, Channel.MAIL), true));
            String told = submit(world, "be quick").id();
            world.waitFor(HENRY, told, ThreadStatus.DONE);
            assertThat(world.ports.notifications().undelivered(10))
                    .extracting(Notification::threadId, Notification::kind)
                    .containsExactly(tuple(told, Kind.JOB_FINISHED));
        }
    }
}
