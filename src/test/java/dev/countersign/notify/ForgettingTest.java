package dev.countersign.notify;

import static dev.countersign.notify.Stage.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.account.SettableClock;
import dev.countersign.approval.Approval;
import dev.countersign.config.NotifyConfig.Channel;
import dev.countersign.db.Stores;
import dev.countersign.mcpserver.FakePermit;
import dev.countersign.notify.Receiver.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is over is forgotten after its time; what is not over is kept, however old. */
@Tag("store")
final class ForgettingTest {
    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private Stage stage;

    @SuppressWarnings("NullAway.Init")
    private Forgetting forgetting;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-23T10:00:00Z"));

    @BeforeEach
    void open() {
        stage = new Stage(Stores.open(folder), clock, new FakePermit());
        forgetting = new Forgetting(stage.database, clock, Stage.KEEP);
    }

    @AfterEach
    void close() {
        stage.database.close();
    }

    private static String id(Approval approval) {
        return approval.id() + "/FILED/0";
    }

    private long rows(String table) {
        return stage.database
                .jdbi()
                .withHandle(handle -> handle.createQuery("SELECT COUNT(*) FROM " + table)
                        .mapTo(Long.class)
                        .one());
    }

    @Test
    void whatWasSentIsForgottenAfterItsTime_andNotADayBefore() throws Exception {
        try (Receiver receiver = Receiver.start(message -> Answer.OK);
                Notifier notifier = stage.notifier(Stage.http(receiver))) {
            Approval approval = stage.filed();
            notifier.run();
            patiently().until(() -> stage.state(Channel.HTTP, id(approval)).equals("SENT"));

            clock.advance(Stage.KEEP.minus(Duration.ofHours(1)));
            forgetting.run();
            assertThat(rows("notification")).isEqualTo(1);
            assertThat(rows("delivery")).isEqualTo(1);

            Approval later = stage.filed();
            clock.advance(Duration.ofHours(2));
            forgetting.run();
            assertThat(stage.ports.notifications().find(id(approval))).isEmpty();
            assertThat(stage.state(Channel.HTTP, id(approval))).isEqualTo("(none)");
            assertThat(stage.ports.notifications().find(id(later))).isPresent();
            assertThat(stage.ports.approvals().find(approval.id())).isPresent();

            notifier.run();
            patiently().until(() -> stage.state(Channel.HTTP, id(later)).equals("SENT"));
            assertThat(receiver.received()).hasSize(2);
        }
    }

    @Test
    void whatIsStillToBeSentStays_whatWasGivenUpDoesNot() throws Exception {
        try (Receiver receiver = Receiver.start(message -> Answer.of(500));
                Notifier once = stage.notifier(Stage.http(receiver), 1)) {
            Approval givenUp = stage.filed();
            once.run();
            patiently().until(() -> stage.state(Channel.HTTP, id(givenUp)).equals("GIVEN_UP"));
        }
        try (Receiver receiver = Receiver.start(message -> Answer.of(503));
                Notifier notifier = stage.notifier(Stage.http(receiver))) {
            Approval waiting = stage.filed();
            notifier.run();
            patiently().until(() -> stage.attempts(id(waiting)) == 1);
            patiently().until(() -> rows("delivery WHERE problem IS NOT NULL AND state = 'DUE'") == 1);

            clock.advance(Stage.KEEP.plusDays(1));
            forgetting.run();

            assertThat(rows("notification")).isEqualTo(1);
            assertThat(rows("delivery")).isEqualTo(1);
            assertThat(stage.state(Channel.HTTP, id(waiting))).isEqualTo("DUE");
        }
    }

    @Test
    void whatNobodyWasToldOfGoesToo_manyAtATime_andTwoNodesDoNoHarm() throws Exception {
        for (int i = 0; i < 250; i++) {
            int number = i;
            stage.database.useTransaction(tx -> tx.createUpdate("""
                            INSERT INTO notification (id, thread_id, approval_id, kind, created_at, delivered_at, spread)
                            VALUES (:id, 'thread', NULL, 'FILED', :at, NULL, :spread)
                            """)
                    .bind("id", "old-" + number)
                    .bind("at", clock.millis())
                    .bind("spread", number > 0)
                    .execute());
        }
        clock.advance(Stage.KEEP.plusDays(1));
        Thread other = new Thread(new Forgetting(stage.database, clock, Stage.KEEP)::run);
        other.start();
        forgetting.run();
        other.join();

        assertThat(rows("notification"))
                .as("the one that has no deliveries yet")
                .isEqualTo(1);
    }
}
