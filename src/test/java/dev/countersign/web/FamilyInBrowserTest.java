package dev.countersign.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import dev.countersign.app.RunningServer;
import dev.countersign.config.Config;
import dev.countersign.config.Places;
import dev.countersign.db.Stores;
import dev.countersign.web.Browsers.Person;
import dev.countersign.web.Browsers.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The family's story over a whole server, a child and a parent at a browser each, and neither of them reloads a page. */
@Tag("page")
@Tag("store")
@ExtendWith(NeedsBrowser.class)
final class FamilyInBrowserTest {
    private static final double PATIENCE = 60_000;

    private static Config config(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("checkpoints"));
        Map<String, String> settings = new HashMap<>(Stores.settings(folder));
        settings.put("COUNTERSIGN_STATE_DIR", folder.resolve("state").toString());
        settings.put("COUNTERSIGN_POLL_INTERVAL", "200ms");
        return Config.of(new Places(folder, Path.of("").toAbsolutePath()), settings);
    }

    private static void say(Page page, String text) {
        page.fill("#message", text);
        page.press("#message", "Enter");
    }

    private static void sees(Locator locator, String text) {
        assertThat(locator)
                .containsText(
                        text,
                        new com.microsoft.playwright.assertions.LocatorAssertions.ContainsTextOptions()
                                .setTimeout(PATIENCE));
    }

    @Test
    void aChildAsks_aParentDecides_andNobodyReloads(@TempDir Path folder) throws IOException {
        try (RunningServer server = RunningServer.start(config(folder), new RunningServer.Options(0, true));
                Person henry = Browsers.person(server.url().toString(), View.DESK);
                Person joe = Browsers.person(server.url().toString(), View.DESK)) {
            joe.page.navigate("/login");
            joe.picture("login");
            joe.logIn("joe").page.navigate("/inbox");
            joe.picture("inbox-empty");
            Page chat = henry.logIn("henry").page;
            henry.picture("chat-new");
            say(chat, "show me the menu of Fancy French");
            sees(chat.locator("#log .words.agent").first(), "");
            say(chat, "it is my birthday");
            sees(chat.locator(".parked.pending"), "access to Fancy French");
            sees(joe.page.locator("#pending .card"), "access to Fancy French");
            sees(joe.page.locator("#pending .card"), "birthday");
            henry.picture("chat-parked");
            joe.picture("inbox");
            joe.page.click("[data-approve]:visible");
            sees(joe.page.locator("#pending .card"), "Approved by you");
            sees(chat.locator(".parked.approved"), "Approved by joe");
            sees(chat.locator("#log .words.agent").last(), "Truffle Pasta");

            say(chat, "order Truffle Pasta");
            sees(chat.locator("#log .words.agent").last(), "");
            say(chat, "I have never tried truffles");
            sees(chat.locator(".parked.pending"), "Truffle Pasta");
            joe.page.locator("#pending .card:not(.settled) [data-deny]").click();
            joe.page.fill("#comment", "too expensive for a Monday");
            joe.page.click("#deny button[type=submit]");
            sees(chat.locator(".parked.denied"), "too expensive for a Monday");
            henry.picture("chat");
            assertThat(henry.complaints).isEmpty();
            assertThat(joe.complaints).isEmpty();
        }
    }
}
