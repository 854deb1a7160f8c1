package dev.countersign.notify;

import static dev.countersign.notify.Stage.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.countersign.account.SettableClock;
import dev.countersign.approval.Approval;
import dev.countersign.approval.Notification.Kind;
import dev.countersign.approval.NotificationChoices;
import dev.countersign.approval.NotificationChoices.Choice;
import dev.countersign.config.NotifyConfig;
import dev.countersign.config.NotifyConfig.Channel;
import dev.countersign.config.Secret;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.mcpserver.FakePermit;
import dev.countersign.notify.Receiver.Answer;
import dev.countersign.thread.ThreadRow;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who has switched a kind of notification off gets none of it, the others do, and what nobody spoke of stays as it was set. */
@Tag("store")
final class ChoicesTest {
    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private Stage stage;

    private final FakePermit permit = new FakePermit();
    private final GreenMail mails = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    @BeforeEach
    void open() {
        stage = open(Stores.open(folder));
        mails.start();
        for (String user : List.of("joe", "jane", "henry")) {
            permit.email(user, user + "@example.com");
        }
    }

    private Stage open(Database database) {
        return new Stage(database, new SettableClock(Instant.parse("2026-11-23T10:00:00Z")), permit);
    }

    @AfterEach
    void close() {
        mails.stop();
        stage.database.close();
    }

    private NotificationChoices choices() {
        return new NotificationChoices(stage.database);
    }

    private void off(String user, Kind kind, Channel channel) {
        choices().say(user, Map.of(new Choice(kind, channel), false));
    }

    /** By mail to joe and jane, and to Slack where there is one. */
    private NotifyConfig config(String slack) {
        NotifyConfig.Smtp smtp =
                new NotifyConfig.Smtp("127.0.0.1", mails.getSmtp().getPort(), false, false, "", new Secret(""));
        return new NotifyConfig(
                new Secret(slack),
                new NotifyConfig.Mail(smtp, "agents@example.com", List.of("joe", "jane"), List.of()),
                new NotifyConfig.Hook(new Secret(""), new Secret("")),
                Set.of(),
                Optional.empty(),
                Stage.KEEP);
    }

    private void ended(Channel channel, String id, String state) {
        patiently().until(() -> !Set.of("DUE", "(none)").contains(stage.state(channel, id)));
        assertThat(stage.state(channel, id)).isEqualTo(state);
    }

    private List<String> told() throws MessagingException {
        List<String> all = new ArrayList<>();
        for (MimeMessage message : mails.getReceivedMessages()) {
            for (var address : message.getAllRecipients()) {
                all.add(address.toString());
            }
        }
        return all.stream().distinct().sorted().toList();
    }

    @Test
    void whoSwitchedAKindOff_getsNoneOfIt_theOthersDo_andOtherKindsStill() throws Exception {
        off("joe", Kind.FILED, Channel.MAIL);
        try (Notifier notifier = stage.notifier(config(""))) {
            Approval approval = stage.filed();
            notifier.run();
            ended(Channel.MAIL, approval.id() + "/FILED/0", "SENT");
            assertThat(told()).containsExactly("jane@example.com");

            off("jane", Kind.FILED, Channel.MAIL);
            Approval unseen = stage.filed();
            notifier.run();
            ended(Channel.MAIL, unseen.id() + "/FILED/0", "VOID");
            assertThat(told()).containsExactly("jane@example.com");

            stage.decide(approval, "fine");
            notifier.run();
            ended(Channel.MAIL, approval.id() + "/DECIDED/0", "SENT");
            assertThat(told()).containsExactly("henry@example.com", "jane@example.com");
        }
    }

    @Test
    void whoWantsNoDecisionsByMail_isNotStoodInForByTheReviewers() throws Exception {
        off("henry", Kind.DECIDED, Channel.MAIL);
        try (Notifier notifier = stage.notifier(config(""))) {
            Approval approval = stage.filed();
            stage.decide(approval, "fine");
            notifier.run();
            ended(Channel.MAIL, approval.id() + "/FILED/0", "SENT");
            ended(Channel.MAIL, approval.id() + "/DECIDED/0", "VOID");
            assertThat(told()).containsExactly("jane@example.com", "joe@example.com");
            assertThat(mails.getReceivedMessages()).hasSizeBetween(1, 2);
        }
    }

    @Test
    void aSharedChannel_isKeptFromWhatConcernsOneAlone_andFromNothingElse() throws IOException {
        off("henry", Kind.DECIDED, Channel.SLACK);
        off("henry", Kind.FILED, Channel.SLACK);
        try (Receiver slack = Receiver.start(message -> Answer.OK);
                Notifier notifier = stage.notifier(config(slack.url()))) {
            Approval approval = stage.filed();
            stage.decide(approval, "fine");
            notifier.run();
            ended(Channel.SLACK, approval.id() + "/FILED/0", "SENT");
            ended(Channel.SLACK, approval.id() + "/DECIDED/0", "VOID");
            ended(Channel.MAIL, approval.id() + "/DECIDED/0", "SENT");
            assertThat(slack.received()).hasSize(1);
        }
    }

    @Test
    void aJobsEndIsTold_onlyToWhoAskedForIt_andOnlySo() throws Exception {
        ThreadRow job = stage.ports.threads().get(stage.filed().threadId());
        String id = job.id() + "/JOB_FINISHED/0";
        stage.database.useTransaction(tx -> stage.ports.notifications().jobFinished(tx, job));
        assertThat(stage.ports.notifications().find(id)).isEmpty();

        choices().say("henry", Map.of(new Choice(Kind.JOB_FINISHED, Channel.MAIL), true));
        for (int again = 0; again < 2; again++) {
            stage.database.useTransaction(tx -> stage.ports.notifications().jobFinished(tx, job));
        }
        try (Receiver slack = Receiver.start(message -> Answer.OK);
                Notifier notifier = stage.notifier(config(slack.url()))) {
            notifier.run();
            ended(Channel.MAIL, id, "SENT");
            ended(Channel.SLACK, id, "VOID");
            assertThat(told()).contains("henry@example.com");
        }
    }

    @Test
    void promise1_whatWasSaid_survivesARestart_andIsTakenBackOneByOne() {
        off("joe", Kind.FILED, Channel.MAIL);
        off("joe", Kind.REMINDER, Channel.MAIL);
        stage.database.close();
        stage = open(Stores.open(folder));
        assertThat(choices().wants("joe", Kind.FILED, Channel.MAIL)).isFalse();
        choices().say("joe", Map.of(new Choice(Kind.FILED, Channel.MAIL), true));
        assertThat(choices().of("joe"))
                .containsOnly(
                        Map.entry(new Choice(Kind.FILED, Channel.MAIL), true),
                        Map.entry(new Choice(Kind.REMINDER, Channel.MAIL), false));
        assertThat(choices().wants("joe", Kind.FILED, Channel.SLACK)).isTrue();
        assertThat(choices().wants("jane", Kind.FILED, Channel.MAIL)).isTrue();
        assertThat(choices().wants("jane", Kind.JOB_FINISHED, Channel.MAIL)).isFalse();
    }
}
