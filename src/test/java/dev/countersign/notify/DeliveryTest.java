package dev.countersign.notify;

import static dev.countersign.notify.Stage.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.account.SettableClock;
import dev.countersign.approval.Approval;
import dev.countersign.approval.Notification;
import dev.countersign.config.NotifyConfig;
import dev.countersign.config.NotifyConfig.Channel;
import dev.countersign.core.Json;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.mcpserver.FakePermit;
import dev.countersign.notify.Receiver.Answer;
import dev.countersign.notify.Receiver.Received;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each notification once to each channel, at least once whatever happens, and always under the same id. */
@Tag("store")
final class DeliveryTest {
    private static final String BAD_HOST = "http://127.0.0.1:1/hook/s3cret-path";

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private Stage stage;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-23T10:00:00Z"));

    @BeforeEach
    void open() {
        stage = open(Stores.open(folder));
    }

    private Stage open(Database database) {
        return new Stage(database, clock, new FakePermit());
    }

    @AfterEach
    void close() {
        stage.database.close();
    }

    private static String filedId(Approval approval) {
        return approval.id() + "/FILED/0";
    }

    private void awaitState(Channel channel, String id, String state) {
        patiently().until(() -> stage.state(channel, id).equals(state));
    }

    @Test
    void aNotificationIsSentOnce_signedAsStandardWebhooksSays_andThenCountsAsDelivered() throws Exception {
        try (Receiver receiver = Receiver.start(message -> Answer.OK);
                Notifier notifier = stage.notifier(Stage.http(receiver))) {
            Approval approval = stage.filed();
            notifier.run();
            awaitState(Channel.HTTP, filedId(approval), "SENT");
            stage.decide(approval, "have fun");
            notifier.run();
            awaitState(Channel.HTTP, approval.id() + "/DECIDED/0", "SENT");
            notifier.run();

            assertThat(receiver.received()).hasSize(2);
            Received filed = receiver.received().get(0);
            assertThat(filed.header("webhook-id")).isEqualTo(filedId(approval));
            assertThat(filed.header("webhook-timestamp"))
                    .isEqualTo(Long.toString(clock.instant().getEpochSecond()));
            assertThat(filed.header("webhook-signature")).isEqualTo(signature(filed));
            JsonNode body = Json.read(filed.body());
            assertThat(body.path("type").asText()).isEqualTo("approval.filed");
            assertThat(body.at("/data/requester").asText()).isEqualTo("henry");
            assertThat(body.at("/data/request_id").asText()).isEqualTo(approval.requestId());
            assertThat(body.at("/data/state").asText()).isEqualTo("pending");
            JsonNode decided = Json.read(receiver.received().get(1).body());
            assertThat(decided.path("type").asText()).isEqualTo("approval.decided");
            assertThat(decided.at("/data/reviewer").asText()).isEqualTo("joe");
            assertThat(stage.ports.notifications().undelivered(10)).isEmpty();
        }
    }

    /** Computed here from the published form alone: id, timestamp and body as they came, under the decoded key. */
    private static String signature(Received message) throws GeneralSecurityException {
        byte[] key = Base64.getDecoder().decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        mac.update((message.header("webhook-id") + ".").getBytes(StandardCharsets.UTF_8));
        mac.update((message.header("webhook-timestamp") + ".").getBytes(StandardCharsets.UTF_8));
        return "v1,"
                + Base64.getEncoder().encodeToString(mac.doFinal(message.body().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void argumentsAndTheTextsThatMayRepeatThem_areLeftOutUnlessTheChannelCarriesThem() throws Exception {
        try (Receiver slack = Receiver.start(message -> Answer.OK);
                Receiver http = Receiver.start(message -> Answer.OK)) {
            try (Notifier notifier = stage.notifier(Stage.config(slack.url(), null, http.url()))) {
                Approval approval = stage.filed();
                notifier.run();
                awaitState(Channel.SLACK, filedId(approval), "SENT");
                awaitState(Channel.HTTP, filedId(approval), "SENT");
            }
            assertThat(slack.received().get(0).body() + http.received().get(0).body())
                    .contains("henry", "order_dish")
                    .doesNotContain("Truffle", "birthday", "dish\\\"");
            NotifyConfig more =
                    Stage.config(slack.url(), null, http.url(), Set.of(Channel.SLACK, Channel.HTTP), Optional.empty());
            try (Notifier notifier = stage.notifier(more)) {
                Approval approval = stage.filed();
                notifier.run();
                awaitState(Channel.SLACK, filedId(approval), "SENT");
                awaitState(Channel.HTTP, filedId(approval), "SENT");
            }
            assertThat(Json.read(slack.received().get(1).body()).path("text").asText())
                    .contains("Truffle Pasta", Stage.REASON);
            assertThat(Json.read(http.received().get(1).body())
                            .at("/data/arguments/dish")
                            .asText())
                    .isEqualTo("Truffle Pasta");
        }
    }

    @Test
    void whatFailsIsTriedAgainLaterAndLater_underTheSameId() throws Exception {
        AtomicInteger count = new AtomicInteger();
        try (Receiver receiver = Receiver.start(message -> count.incrementAndGet() < 4 ? Answer.of(500) : Answer.OK);
                Notifier notifier = stage.notifier(Stage.http(receiver))) {
            Approval approval = stage.filed();
            int expected = 1;
            for (int pause : new int[] {0, 5, 15, 45}) {
                clock.advance(Duration.ofSeconds(Math.max(0, pause - 1)));
                notifier.run();
                clock.advance(Duration.ofSeconds(pause == 0 ? 0 : 1));
                notifier.run();
                int wanted = expected++;
                patiently().until(() -> receiver.received().size() == wanted);
                patiently().until(() -> isPutOff(approval));
            }
            awaitState(Channel.HTTP, filedId(approval), "SENT");
            assertThat(receiver.received())
                    .allSatisfy(one -> assertThat(one.header("webhook-id")).isEqualTo(filedId(approval)))
                    .allSatisfy(
                            one -> assertThat(one.header("webhook-signature")).isEqualTo(signature(one)));
            assertThat(receiver.received().stream()
                            .map(one -> one.header("webhook-timestamp"))
                            .distinct())
                    .hasSize(4);
            assertThat(receiver.taken()).hasSize(1);
        }
    }

    /** Whether the attempt that was begun last has ended: its row is not due before it is lost, but earlier. */
    private boolean isPutOff(Approval approval) {
        long next = stage.database
                .jdbi()
                .withHandle(handle -> handle.createQuery("SELECT next_at FROM delivery WHERE notification_id = :id")
                        .bind("id", filedId(approval))
                        .mapTo(Long.class)
                        .one());
        boolean sent = stage.state(Channel.HTTP, filedId(approval)).equals("SENT");
        return sent || next != clock.instant().plus(Lane.ATTEMPT_MAX).toEpochMilli();
    }

    @Test
    void whoeverAsksForTimeIsGivenIt_inSecondsOrAsADate_andOthersWaitWithIt() throws Exception {
        List<Answer> answers = new ArrayList<>(List.of(
                new Answer(429, Map.of("Retry-After", "600")),
                new Answer(
                        503,
                        Map.of(
                                "Retry-After",
                                DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                        clock.instant().plusSeconds(1800).atOffset(ZoneOffset.UTC))))));
        try (Receiver receiver = Receiver.start(message -> answers.isEmpty() ? Answer.OK : answers.remove(0))) {
            Approval first = stage.filed();
            Approval second;
            try (Notifier notifier = stage.notifier(Stage.http(receiver))) {
                notifier.run();
                patiently().until(() -> receiver.received().size() == 1 && isPutOff(first));
                clock.advance(Duration.ofSeconds(599));
                second = stage.filed();
                notifier.run();
            }
            assertThat(receiver.received()).as("the new one waits too").hasSize(1);
            try (Notifier forgetful = stage.notifier(Stage.http(receiver))) {
                forgetful.run();
                patiently().until(() -> receiver.received().size() == 2 && isPutOff(second));
                clock.advance(Duration.ofSeconds(1100));
                forgetful.run();
                assertThat(receiver.taken()).as("599 + 1100 s are not 1800 s").isEmpty();
                clock.advance(Duration.ofSeconds(200));
                patiently().until(() -> {
                    forgetful.run();
                    return receiver.taken().size() == 2;
                });
            }
        }
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        try (Receiver other = Receiver.start(message -> Answer.OK);
                Receiver receiver = Receiver.start(message -> new Answer(307, Map.of("Location", other.url())));
                Notifier notifier = stage.notifier(Stage.http(receiver), 1)) {
            Approval approval = stage.filed();
            notifier.run();
            awaitState(Channel.HTTP, filedId(approval), "GIVEN_UP");
            assertThat(receiver.received()).hasSize(1);
            assertThat(other.received()).isEmpty();
        }
    }

    @Test
    void aCrashBetweenSendingAndNotingIt_sendsItAgainUnderTheSameId_andNoThirdTime() throws Exception {
        AtomicInteger count = new AtomicInteger();
        try (Receiver receiver = Receiver.start(message -> {
            if (count.incrementAndGet() == 1) {
                // What the sender could still write after this answer, a process that was killed here would not.
                stage.database.close();
            }
            return Answer.OK;
        })) {
            Approval approval = stage.filed();
            try (Notifier dying = stage.notifier(Stage.http(receiver))) {
                dying.run();
                patiently().until(() -> receiver.received().size() == 1);
            }
            stage = open(Stores.open(folder));
            assertThat(stage.state(Channel.HTTP, filedId(approval))).isEqualTo("DUE");
            try (Notifier successor = stage.notifier(Stage.http(receiver))) {
                successor.run();
                clock.advance(Lane.ATTEMPT_MAX.plusSeconds(1));
                successor.run();
                awaitState(Channel.HTTP, filedId(approval), "SENT");
                clock.advance(Duration.ofDays(1));
                successor.run();
            }
            assertThat(receiver.received())
                    .hasSize(2)
                    .allSatisfy(one -> assertThat(one.header("webhook-id")).isEqualTo(filedId(approval)));
        }
    }

    @Test
    void twoNodesOnOneStore_sendEachOnce() throws Exception {
        int many = 30;
        Database second = Stores.onPostgres() ? Stores.open(folder) : stage.database;
        Stage other = open(second);
        try (Receiver receiver = Receiver.start(message -> Answer.OK);
                Notifier a = stage.notifier(Stage.http(receiver));
                Notifier b = other.notifier(Stage.http(receiver))) {
            for (int i = 0; i < many; i++) {
                stage.filed();
            }
            CountDownLatch together = new CountDownLatch(1);
            List<Thread> nodes = new ArrayList<>();
            for (Notifier node : List.of(a, b, a, b)) {
                Thread thread = new Thread(() -> {
                    try {
                        together.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    node.run();
                });
                thread.start();
                nodes.add(thread);
            }
            together.countDown();
            for (Thread node : nodes) {
                node.join();
            }
            patiently().until(() -> stage.ports.notifications().undelivered(1).isEmpty());
            a.run();
            b.run();
            Set<String> ids = new HashSet<>();
            receiver.received().forEach(one -> ids.add(one.header("webhook-id")));
            assertThat(ids).hasSize(many);
            assertThat(receiver.received()).hasSize(many);
        } finally {
            if (second != stage.database) {
                second.close();
            }
        }
    }

    @Test
    void anEndpointThatNeverAnswers_holdsUpNobodyElse_andItsFailureIsNoticedInTime() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Receiver slack = Receiver.start(message -> Answer.OK);
                Notifier notifier =
                        stage.notifier(Stage.config(slack.url(), null, "http://127.0.0.1:" + silent.getLocalPort()))) {
            Approval first = stage.filed();
            Approval second = stage.filed();
            notifier.run();
            awaitState(Channel.SLACK, filedId(first), "SENT");
            awaitState(Channel.SLACK, filedId(second), "SENT");
            assertThat(stage.state(Channel.HTTP, filedId(first))).isEqualTo("DUE");
            patiently().until(() -> isHttpPutOff(first) || isHttpPutOff(second));
            assertThat(stage.attempts(filedId(first)) + stage.attempts(filedId(second)))
                    .as("two for Slack, and one that found the other dead")
                    .isEqualTo(3);
        }
    }

    private boolean isHttpPutOff(Approval approval) {
        return stage.database
                .jdbi()
                .withHandle(handle -> handle.createQuery(
                                "SELECT problem FROM delivery WHERE notification_id = :id AND channel = 'HTTP'")
                        .bind("id", filedId(approval))
                        .mapTo(String.class)
                        .list())
                .contains("no answer in time");
    }

    @Test
    void afterTheLastAttemptItIsGivenUp_andCounted_andNoSecretIsInTheReason() throws Exception {
        try (Notifier notifier = stage.notifier(Stage.config(BAD_HOST, null, null), 3)) {
            Approval approval = stage.filed();
            for (int i = 1; i <= 3; i++) {
                notifier.run();
                int attempts = i;
                patiently().until(() -> stage.attempts(filedId(approval)) == attempts);
                patiently().until(() -> !isPutOffTo(clock.instant().plus(Lane.ATTEMPT_MAX)));
                clock.advance(Duration.ofMinutes(1));
            }
            awaitState(Channel.SLACK, filedId(approval), "GIVEN_UP");
            assertThat(Notifier.figures(stage.database, clock).get(Channel.SLACK))
                    .isEqualTo(new Notifier.Figures(0, 1));
            String problem = stage.database
                    .jdbi()
                    .withHandle(handle -> handle.createQuery("SELECT problem FROM delivery")
                            .mapTo(String.class)
                            .one());
            assertThat(problem).isEqualTo("no connection");
            assertThat(Stage.config(BAD_HOST, null, BAD_HOST).toString()).doesNotContain("s3cret", "whsec");
        }
    }

    private boolean isPutOffTo(Instant time) {
        return stage.database
                        .jdbi()
                        .withHandle(handle -> handle.createQuery(
                                        "SELECT COUNT(*) FROM delivery WHERE next_at = :at AND state = 'DUE'")
                                .bind("at", time.toEpochMilli())
                                .mapTo(Integer.class)
                                .one())
                > 0;
    }

    @Test
    void whatIsTakenAwayIsNotTold() throws Exception {
        Approval erased = stage.filed();
        Approval gone = stage.filed();
        Approval untold = stage.filed();
        new Deliveries(stage.database, clock).spread(List.of(Channel.HTTP), 10);
        stage.database.useTransaction(tx -> {
            tx.createUpdate("UPDATE message_log SET wrapped_key = NULL WHERE id = :id")
                    .bind("id", Stage.log(erased.threadId()))
                    .execute();
            tx.createUpdate("DELETE FROM approval WHERE id = :id")
                    .bind("id", gone.id())
                    .execute();
            tx.createUpdate("DELETE FROM notification WHERE id = :id")
                    .bind("id", filedId(untold))
                    .execute();
        });
        // Another process: one that had a key in memory may still use it.
        Stage fresh = open(stage.database);
        try (Receiver receiver = Receiver.start(message -> Answer.OK);
                Notifier notifier = fresh.notifier(Stage.http(receiver))) {
            notifier.run();
            for (Approval one : List.of(erased, gone, untold)) {
                awaitState(Channel.HTTP, filedId(one), "VOID");
            }
            assertThat(receiver.received()).isEmpty();
        }
    }

    @Test
    void withoutAChannelNothingIsSent_norLaterWhenThereIsOne() throws Exception {
        try (Notifier none = stage.notifier(Stage.config(null, null, null))) {
            stage.filed();
            none.run();
        }
        try (Receiver receiver = Receiver.start(message -> Answer.OK);
                Notifier notifier = stage.notifier(Stage.http(receiver))) {
            Approval later = stage.filed();
            notifier.run();
            awaitState(Channel.HTTP, filedId(later), "SENT");
            assertThat(receiver.received()).hasSize(1);
        }
    }

    @Test
    void everyKindHasAType() {
        assertThat(Set.of(Notification.Kind.values()).stream().map(HttpWay::type))
                .containsExactlyInAnyOrder(
                        "approval.filed",
                        "approval.reminder",
                        "approval.escalated",
                        "approval.decided",
                        "approval.expired",
                        "job.finished",
                        "thread.needs_attention");
    }
}
