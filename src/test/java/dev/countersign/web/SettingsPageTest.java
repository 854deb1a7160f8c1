package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.Notification.Kind;
import dev.countersign.approval.NotificationChoices;
import dev.countersign.config.NotifyConfig.Channel;
import dev.countersign.server.ServerFixture;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody chooses to be told, as a browser gets and sends it, over a server with Slack and mail. */
@Tag("store")
final class SettingsPageTest {
    @SuppressWarnings("NullAway.Init")
    private ServerFixture server;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String box(String value, boolean chosen) {
        return "value=\"" + value + "\"" + (chosen ? " checked" : "") + ">";
    }

    @Test
    void whatIsOfferedIsOnesOwnToChoose_andStandsAsTheOperatorSetIt() {
        String page = PlainBrowser.of(server, "joe").get("/settings").body();
        assertThat(page)
                .contains("A new request to review", box("FILED.MAIL", true), box("DECIDED.SLACK", true))
                .contains(box("JOB_FINISHED.MAIL", false))
                .doesNotContain("FILED.SLACK", "HTTP");
    }

    @Test
    void aChoiceIsKeptForItsLoginAlone() {
        PlainBrowser joe = PlainBrowser.of(server, "joe");
        assertThat(joe.act("/settings/notifications", "on", "JOB_FINISHED.MAIL", "on", "FILED.SLACK", "on", "x")
                        .headers()
                        .firstValue("HX-Redirect"))
                .contains("/settings?saved=notifications");
        assertThat(joe.get("/settings?saved=notifications").body())
                .contains("Saved for your login", box("FILED.MAIL", false), box("JOB_FINISHED.MAIL", true));
        NotificationChoices choices = new NotificationChoices(server.database);
        assertThat(choices.wants("joe", Kind.FILED, Channel.MAIL)).isFalse();
        assertThat(choices.wants("joe", Kind.FILED, Channel.SLACK))
                .as("was not offered, and cannot be said")
                .isTrue();
        assertThat(choices.wants("jane", Kind.FILED, Channel.MAIL)).isTrue();
    }

    @Test
    void promise7_noFormCountsWithoutItsToken() {
        PlainBrowser joe = PlainBrowser.of(server, "joe");
        assertThat(joe.post("/settings/notifications").statusCode()).isEqualTo(403);
        assertThat(new NotificationChoices(server.database).of("joe")).isEmpty();
    }
}
