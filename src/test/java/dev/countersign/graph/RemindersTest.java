package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.approval.Notification;
import dev.countersign.approval.Notification.Kind;
import dev.countersign.approval.Reminders;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.ToolOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is to be told what, as rows: each cause once. World's drop_thing reminds after 6 hours and escalates after 12, of 24. */
@Tag("store")
final class RemindersTest {
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

    private List<Kind> told() {
        return world.ports.notifications().undelivered(100).stream()
                .map(Notification::kind)
                .toList();
    }

    private void remindMore() {
        new Reminders(world.database, world.ports.approvals(), world.clock).remind();
    }

    @Test
    void aPendingRequestIsRemindedOfOnce_andEscalatedOnce_whoeverLooksHowOften() throws InterruptedException {
        world.say(HENRY, chat, DROP);
        remindMore();
        assertThat(told()).containsExactly(Kind.FILED);

        world.clock.advance(Duration.ofHours(7));
        CountDownLatch together = new CountDownLatch(1);
        List<Thread> nodes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread node = new Thread(() -> {
                try {
                    together.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                remindMore();
            });
            node.start();
            nodes.add(node);
        }
        together.countDown();
        for (Thread node : nodes) {
            node.join();
        }
        assertThat(told()).containsExactlyInAnyOrder(Kind.FILED, Kind.REMINDER);

        world.clock.advance(Duration.ofHours(6));
        remindMore();
        remindMore();
        assertThat(told()).containsExactlyInAnyOrder(Kind.FILED, Kind.REMINDER, Kind.ESCALATION);
        assertThat(world.runtime.thread(HENRY, chat).status()).isEqualTo(ThreadStatus.PARKED);
    }

    @Test
    void aDecidedRequestIsNotRemindedOf_butItsDecisionIsTold() {
        world.say(HENRY, chat, DROP);
        String request = Objects.requireNonNull(world.approval(HENRY, chat, 0).requestId());
        world.permit.deny(RequestKind.OPERATION, request, "joe", "no");
        world.runtime.wake();
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        world.clock.advance(Duration.ofHours(13));
        remindMore();
        assertThat(told()).containsExactlyInAnyOrder(Kind.FILED, Kind.DECIDED);
    }

    @Test
    void whatWasMissedWhileNobodyRanIsMadeUpFor_butNotPastTheDeadline() {
        world.say(HENRY, chat, DROP);
        world.runtime.close();
        world.clock.advance(Duration.ofHours(13));
        remindMore();
        assertThat(told()).containsExactlyInAnyOrder(Kind.FILED, Kind.REMINDER, Kind.ESCALATION);
    }

    @Test
    void anExpiryIsTold_andNothingIsRemindedOfAfterwards() {
        world.say(HENRY, chat, DROP);
        world.clock.advance(Duration.ofDays(2));
        world.runtime.wake();
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        remindMore();
        assertThat(told()).containsExactlyInAnyOrder(Kind.FILED, Kind.EXPIRED);
    }

    @Test
    void aThreadThatNeedsAttentionIsToldOfOnce() {
        world.tools.add("do_thing", false, List.of("name"), call -> new ToolOutcome.Unknown("no answer in time"));
        world.say(HENRY, chat, "call do_thing {\"name\":\"x\"}");
        assertThat(world.runtime.thread(HENRY, chat).status()).isEqualTo(ThreadStatus.NEEDS_ATTENTION);
        assertThat(told()).containsExactly(Kind.NEEDS_ATTENTION);
        world.say(HENRY, chat, "hello");
        await().atMost(World.PATIENCE)
                .until(() -> world.runtime.thread(HENRY, chat).status() == ThreadStatus.NEEDS_ATTENTION);
        assertThat(told()).containsExactly(Kind.NEEDS_ATTENTION);
    }
}
