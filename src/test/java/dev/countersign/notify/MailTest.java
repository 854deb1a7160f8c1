package dev.countersign.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.countersign.account.SettableClock;
import dev.countersign.approval.Notification.Kind;
import dev.countersign.config.NotifyConfig;
import dev.countersign.config.Secret;
import dev.countersign.mcpserver.FakePermit;
import jakarta.mail.Header;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** E-mail, to a real SMTP server. */
final class MailTest {
    @TempDir
    Path folder;

    private final FakePermit permit = new FakePermit();

    @SuppressWarnings("NullAway.Init")
    private GreenMail server;

    @BeforeEach
    void start() {
        server = new GreenMail(new ServerSetup[] {
            new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP),
            new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTPS)
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private static NotifyConfig.Smtp at(int port, boolean tls, boolean required) {
        return new NotifyConfig.Smtp("127.0.0.1", port, tls, required, "", new Secret(""));
    }

    private Outcome send(NotifyConfig.Smtp smtp, Notice notice, boolean texts) {
        return send(smtp, notice, texts, List.of("joe@example.com", "jane"));
    }

    private Outcome send(NotifyConfig.Smtp smtp, Notice notice, boolean texts, List<String> to) {
        NotifyConfig.Mail mail = new NotifyConfig.Mail(smtp, "agents@example.com", to, List.of("boss@example.com"));
        Recipients recipients = new Recipients(
                mail, permit, new SettableClock(Samples.NOW), (login, kind, channel) -> !login.equals("rose"));
        MailWay.Content content = new MailWay.Content(recipients, Templates.load(Optional.of(folder)), texts);
        return new MailWay(mail, smtp, content, Duration.ofSeconds(2)).send(notice);
    }

    private NotifyConfig.Smtp plain() {
        return at(server.getSmtp().getPort(), false, false);
    }

    private List<String> recipients() throws Exception {
        List<String> all = new ArrayList<>();
        for (MimeMessage message : server.getReceivedMessages()) {
            for (var address : message.getAllRecipients()) {
                all.add(address.toString());
            }
        }
        return all.stream().distinct().toList();
    }

    private MimeMessage first() {
        return server.getReceivedMessages()[0];
    }

    @Test
    void aMailIsPlainText_underTheNotificationsId_withoutAnybodysWords() throws Exception {
        permit.email("jane", "jane@example.com");
        assertThat(send(plain(), Samples.notice(Kind.FILED, "secret reason", "{\"dish\":\"caviar\"}"), false))
                .isEqualTo(new Outcome.Sent());
        assertThat(recipients()).containsExactly("joe@example.com", "jane@example.com");
        assertThat(first().getSubject()).isEqualTo("henry waits for a decision (agent food-ordering)");
        assertThat(first().getMessageID()).isEqualTo("<a-1.FILED.0@example.com>");
        assertThat(first().getFrom()[0]).hasToString("agents@example.com");
        assertThat(first().getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(first().getHeader("Date")).containsExactly("Mon, 23 Nov 2026 10:00:00 GMT");
        assertThat(first().isMimeType("text/plain")).isTrue();
        assertThat(String.valueOf(first().getContent()))
                .contains("order_dish", "r-1")
                .doesNotContain("secret reason", "caviar", "Truffle");
    }

    @Test
    void argumentsAreThereWhereTheyAreWanted() throws Exception {
        assertThat(send(
                        plain(),
                        Samples.notice(Kind.FILED, "weil ich Geburtstag habe ü", "{\"dish\":\"caviar\"}"),
                        true))
                .isEqualTo(new Outcome.Sent());
        assertThat(String.valueOf(first().getContent())).contains("weil ich Geburtstag habe ü", "caviar");
    }

    @Test
    void noTextCanWriteAHeader_evenWhereATemplatePutsItIntoTheSubject() throws Exception {
        Files.writeString(folder.resolve("mail-filed.txt"), "Subject: {reason}\n\n{reason}\n");
        send(plain(), Samples.notice(Kind.FILED, "fine", "{}"), true);
        List<String> expected = headers(0);
        List<String> hostile = List.of(
                "a\r\nBcc: evil@example.com\r\n\r\nbody",
                "a\nX-Evil: 1",
                "a\rX-Evil: 1",
                "=?utf-8?Q?a=0D=0ABcc:_evil@example.com?=",
                "\u0085X-Evil: 1\u2028X-Evil: 2",
                ".\r\nRCPT TO:<evil@example.com>\r\n.\r\n",
                "x".repeat(5_000) + "\r\nX-Evil: 1");
        for (int i = 0; i < hostile.size(); i++) {
            assertThat(send(plain(), Samples.notice(Kind.FILED, hostile.get(i), "{}"), true))
                    .isEqualTo(new Outcome.Sent());
            assertThat(headers(i + 1)).as(hostile.get(i)).isSubsetOf(expected);
        }
        assertThat(recipients()).containsExactly("joe@example.com");
        assertThat(server.getReceivedMessages()).hasSize(1 + hostile.size());
    }

    private List<String> headers(int index) throws Exception {
        return Collections.list(server.getReceivedMessages()[index].getAllHeaders()).stream()
                .map(Header::getName)
                .toList();
    }

    @Test
    void eachKindGoesToWhomItConcerns_andAnAddressThatIsNoneIsNotUsed() throws Exception {
        permit.email("henry", "henry@example.com");
        permit.email("jane", "jane@example.com\r\nBcc: evil@example.com");
        for (Kind kind : Kind.values()) {
            server.purgeEmailFromAllMailboxes();
            send(plain(), Samples.notice(kind, "x", "{}"), false);
            List<String> expected = switch (kind) {
                case FILED, REMINDER -> List.of("joe@example.com");
                case ESCALATION -> List.of("boss@example.com");
                case DECIDED, JOB_FINISHED -> List.of("henry@example.com");
                case EXPIRED, NEEDS_ATTENTION -> List.of("henry@example.com", "joe@example.com");
            };
            assertThat(recipients()).as(kind.name()).containsExactlyInAnyOrderElementsOf(expected);
        }
        assertThat(send(plain(), Samples.notice(Kind.FILED, "x", "{}"), false, List.of("stranger", "nobody")))
                .isEqualTo(new Outcome.Nobody());
        permit.down = true;
        assertThat(send(plain(), Samples.notice(Kind.FILED, "x", "{}"), false))
                .isEqualTo(new Outcome.Failed("Permit did not tell an address", false, null));
    }

    @Test
    void tlsIsChecked_andStarttlsThatHasToBeThereAndIsNotIsRefused() {
        Notice notice = Samples.notice(Kind.FILED, "x", "{}");
        Outcome noTls = new Outcome.Failed("no mail connection, or one without the TLS that is asked for", true, null);
        assertThat(send(at(server.getSmtps().getPort(), true, false), notice, false))
                .as("its certificate is signed by nobody we know")
                .isEqualTo(noTls);
        assertThat(send(at(server.getSmtp().getPort(), false, true), notice, false))
                .isEqualTo(noTls);
        assertThat(server.getReceivedMessages()).isEmpty();
    }

    @Test
    void aServerThatSaysNothing_orRefusesTheLogin_isAFailureWithoutSecrets() throws IOException {
        Notice notice = Samples.notice(Kind.FILED, "x", "{}");
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            assertThat(send(at(silent.getLocalPort(), false, false), notice, false))
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.everything()).isTrue());
        }
        server.setUser("agents", "the-right-one");
        NotifyConfig.Smtp wrong = new NotifyConfig.Smtp(
                "127.0.0.1", server.getSmtp().getPort(), false, false, "agents", new Secret("hunter2"));
        assertThat(send(wrong, notice, false))
                .isEqualTo(new Outcome.Failed("the mail server refused the login", true, null));
        NotifyConfig.Smtp right = new NotifyConfig.Smtp(
                "127.0.0.1", server.getSmtp().getPort(), false, false, "agents", new Secret("the-right-one"));
        assertThat(send(right, notice, false)).isEqualTo(new Outcome.Sent());
    }
}
