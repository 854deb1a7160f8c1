package dev.countersign.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.approval.Notification.Kind;
import dev.countersign.config.NotifyConfig.Channel;
import dev.countersign.core.CountersignException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said, and that nobody's words can say more than words. */
final class WordsTest {
    @TempDir
    Path folder;

    private Templates mine() {
        return Templates.load(Optional.of(folder));
    }

    @Test
    void eachKindHasItsWordsOnEachChannel_withAndWithoutTexts() {
        Templates templates = Templates.load(Optional.empty());
        for (Kind kind : Kind.values()) {
            Notice notice = Samples.notice(kind, "reason", "{}");
            assertThat(templates.slack(notice, false))
                    .contains("henry", "food-ordering")
                    .doesNotContain("{", "reason");
            Templates.Mail mail = templates.mail(notice, false);
            assertThat(mail.subject()).isNotBlank();
            assertThat(mail.subject() + mail.body()).contains("henry").doesNotContain("{", "reason:");
            assertThat(templates.mail(notice, true).body()).doesNotContainPattern("\\{[a-z]");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!channel> look",
                "<@U123> look",
                "<https://evil.example|Approve here>",
                "`; *APPROVED by security* `",
                "line\n*Decided*: approved",
                "line\r\nBcc: all@example.com",
                "@channel @here @everyone",
                "[click](https://evil.example)",
                "\u202Etxet desrever\u202C",
                "\u2028\u2029\u0085\u000bnew lines of other sorts",
                "&lt;!channel&gt;",
                "{arguments} {deadline} {id}",
                "$1 \\1 \\Q",
                "\ud800 half a character",
                "\u0000\u001b[31mred"
            })
    void hostileTexts_stayWordsInTheirLineAndTheirCodeSpan(String hostile) {
        Templates templates = Templates.load(Optional.empty());
        Notice notice = Samples.notice(Kind.FILED, hostile, "{\"dish\":\"x\"}");
        Notice harmless = Samples.notice(Kind.FILED, "fine", "{\"dish\":\"x\"}");

        String slack = templates.slack(notice, true);
        assertThat(slack.lines())
                .hasSameSizeAs(templates.slack(harmless, true).lines().toList());
        assertThat(slack).doesNotContain("<", ">", "\r", "\u0000", "\u001b", "\u202e", "@c", "@h", "@U");
        String line = slack.lines()
                .filter(one -> one.startsWith("Reason:"))
                .findFirst()
                .orElseThrow();
        assertThat(line).startsWith("Reason: `").endsWith("`");
        assertThat(line.chars().filter(one -> one == '`').count()).isEqualTo(2);

        Templates.Mail mail = templates.mail(notice, true);
        assertThat(mail.subject()).isEqualTo(templates.mail(harmless, true).subject());
        assertThat(mail.body().lines())
                .hasSameSizeAs(templates.mail(harmless, true).body().lines().toList());
        assertThat(mail.body()).doesNotContain("\r", "\u0000", "\u001b", "\u202e", "\u2028");
    }

    @Test
    void namesInAValueAreNotFilledIn_andALongValueIsCut() {
        Templates templates = Templates.load(Optional.empty());
        assertThat(templates.slack(Samples.notice(Kind.FILED, "{deadline}", "{}"), true))
                .contains("Reason: `{deadline}`");
        assertThat(templates.slack(Samples.notice(Kind.FILED, "x".repeat(100_000), "{}"), true))
                .hasSizeLessThan(5_000);
        assertThat(PlainText.line("\ud83d\ude00".repeat(2_000))).endsWith("\ud83d\ude00...");
    }

    @Test
    void aFolderOfTemplatesCountsMore_andALineThatNamesWhatIsNotThereIsLeftOut() throws Exception {
        Files.writeString(folder.resolve("slack-filed.txt"), "Hey, {requester}!\nBecause: {reason}\n");
        Files.writeString(folder.resolve("mail-decided.txt"), "Subject: it is {state}: {reason}\n\nSo it is.\n");
        Files.writeString(folder.resolve("README.md"), "ours");
        Notice filed = Samples.notice(Kind.FILED, "why <not>", "{}");
        assertThat(mine().slack(filed, false)).isEqualTo("Hey, henry!");
        assertThat(mine().slack(filed, true)).isEqualTo("Hey, henry!\nBecause: why &lt;not&gt;");
        assertThat(mine().mail(Samples.notice(Kind.DECIDED, "a\r\nBcc: b", "{}"), true))
                .isEqualTo(new Templates.Mail("it is pending: a Bcc: b", "So it is.\n"));
    }

    @Test
    void aTemplateWithAMistakeIsRefusedAtTheStart_byFileAndLine() throws Exception {
        Path file = folder.resolve("slack-filed.txt");
        Files.writeString(file, "one\n{requestor} waits\n");
        assertThatThrownBy(this::mine)
                .isInstanceOf(CountersignException.class)
                .hasMessageContaining("CS-761")
                .hasMessageContaining(file + " cannot be used: line 2 names {requestor}");
        Files.writeString(file, "\n");
        assertThatThrownBy(this::mine).hasMessageContaining("it is empty");
        Files.write(file, new byte[] {(byte) 0xff});
        assertThatThrownBy(this::mine).hasMessageContaining("UTF-8");
        Files.writeString(file, "x".repeat(20_000));
        assertThatThrownBy(this::mine).hasMessageContaining("longer than");
        Files.delete(file);
        Files.writeString(folder.resolve("mail-filed.txt"), "no subject\n");
        assertThatThrownBy(this::mine).hasMessageContaining("Subject: ");
        Files.delete(folder.resolve("mail-filed.txt"));
        Files.writeString(folder.resolve("slack-field.txt"), "a typing error\n");
        assertThatThrownBy(this::mine).hasMessageContaining("no message has that name");
        assertThatThrownBy(() -> Templates.load(Optional.of(folder.resolve("none"))))
                .hasMessageContaining("no folder");
        assertThat(Templates.name(Channel.SLACK, Kind.NEEDS_ATTENTION)).isEqualTo("slack-needs-attention.txt");
    }

    @Test
    void pausesGrow_areBounded_andSpreadByChance() {
        Backoff even = Backoff.usual(() -> 0);
        assertThat(even.after(1)).isEqualTo(Duration.ofSeconds(5));
        assertThat(even.after(3)).isEqualTo(Duration.ofSeconds(45));
        assertThat(even.after(19)).isEqualTo(Duration.ofHours(4));
        assertThat(Backoff.usual(() -> 0.5).after(1)).isEqualTo(Duration.ofMillis(6_250));
        Duration all = Duration.ZERO;
        for (int i = 1; i < even.attempts(); i++) {
            all = all.plus(even.after(i));
        }
        assertThat(all).isBetween(Duration.ofHours(40), Duration.ofHours(60));
    }
}
