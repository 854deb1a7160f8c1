package dev.countersign.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.core.CountersignException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The settings of notifications: what is taken, and that what is refused is never repeated. */
final class NotifyReaderTest {
    private static final Places PLACES = new Places(Path.of("/here"), Path.of("/home"));

    private static NotifyConfig read(String name, String value) {
        return Config.of(PLACES, Map.of(name, value)).notifications();
    }

    private static NotifyConfig.Smtp smtp(String url) {
        return Objects.requireNonNull(
                read("COUNTERSIGN_NOTIFY_SMTP_URL", url).mail().server());
    }

    @Test
    void aMailServersUrlSaysPortLoginAndTls() {
        assertThat(smtp("smtp://mail.example"))
                .isEqualTo(new NotifyConfig.Smtp("mail.example", 587, false, true, "", new Secret("")));
        assertThat(smtp("smtps://joe%40example.com:a+b%2Fc@mail.example/"))
                .isEqualTo(new NotifyConfig.Smtp(
                        "mail.example", 465, true, false, "joe@example.com", new Secret("a+b/c")));
        assertThat(smtp("smtp://127.0.0.1:2525").tlsRequired()).isFalse();
        assertThat(smtp("smtp://[::1]:2525").host()).isEqualTo("::1");
        assertThat(smtp("smtp://relay.internal:25?tls=off").tlsRequired()).isFalse();
        assertThat(smtp("smtp://127.evil.example").tlsRequired())
                .as("a name that only begins like loopback")
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "COUNTERSIGN_NOTIFY_SLACK_URL       | hooks.example/hunter2            | an http or https URL",
                "COUNTERSIGN_NOTIFY_SLACK_URL       | file:///hunter2                  | an http or https URL",
                "COUNTERSIGN_NOTIFY_HTTP_URL        | https://joe:hunter2@host/        | an http or https URL",
                "COUNTERSIGN_NOTIFY_HTTP_URL        | https://host/ hunter2            | an http or https URL",
                "COUNTERSIGN_NOTIFY_HTTP_SECRET     | hunter2                          | whsec_",
                "COUNTERSIGN_NOTIFY_HTTP_SECRET     | whsec_aHVudGVyMg==               | 24 to 64 random bytes",
                "COUNTERSIGN_NOTIFY_SMTP_URL        | mail.example:25                  | smtp://HOST:587",
                "COUNTERSIGN_NOTIFY_SMTP_URL        | smtp://joe:hunter2@host/path     | smtp://HOST:587",
                "COUNTERSIGN_NOTIFY_SMTP_URL        | smtp://joe:hunter2@host?tls=off  | where there is a password",
                "COUNTERSIGN_NOTIFY_SMTP_URL        | smtp://hunter2@host              | USER:PASSWORD",
                "COUNTERSIGN_NOTIFY_SMTP_FROM       | Agents <a@example.com>           | one e-mail address",
                "COUNTERSIGN_NOTIFY_SMTP_TO         | a@example.com;b@example.com      | between commas",
                "COUNTERSIGN_NOTIFY_SMTP_TO         | joe,,jane                        | between commas",
                "COUNTERSIGN_NOTIFY_SMTP_ESCALATE_TO | ../joe                          | between commas",
                "COUNTERSIGN_NOTIFY_ARGUMENTS       | slack pager                      | slack, mail or http"
            })
    void aBadValueIsRefusedByName_andNotRepeated(String name, String value, String expected) {
        assertThatThrownBy(() -> read(name, value))
                .isInstanceOf(CountersignException.class)
                .hasMessageContaining("CS-101")
                .hasMessageContaining("setting " + name)
                .hasMessageContaining(expected)
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void noSecretShows() {
        NotifyConfig all = Config.of(
                        PLACES,
                        Map.of(
                                "COUNTERSIGN_NOTIFY_SLACK_URL", "https://hooks.example/hunter2",
                                "COUNTERSIGN_NOTIFY_HTTP_URL", "https://host/?token=hunter2",
                                "COUNTERSIGN_NOTIFY_HTTP_SECRET", "whsec_" + "hunter2A".repeat(5),
                                "COUNTERSIGN_NOTIFY_SMTP_URL", "smtps://joe:hunter2@host"))
                .notifications();
        assertThat(all.toString()).contains("***").doesNotContain("hunter2");
    }

    @Test
    void anAddressIsPlain() {
        for (String good : new String[] {"a@b", "first.last+tag@mail.example.com", "o'neil@x-y.example"}) {
            assertThat(NotifyConfig.isAddress(good)).as(good).isTrue();
        }
        for (String bad : new String[] {
            "",
            "a",
            "@b",
            "a@",
            "a@b\r\nBcc: c@d",
            "a b@c",
            "a@b,c@d",
            "<a@b>",
            "\"a\"@b",
            "a@b(c)",
            "a@-b",
            "ä@b",
            "a@b@c"
        }) {
            assertThat(NotifyConfig.isAddress(bad)).as(bad).isFalse();
        }
    }
}
