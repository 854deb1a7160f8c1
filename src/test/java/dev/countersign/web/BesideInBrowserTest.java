package dev.countersign.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.countersign.core.Principal;
import dev.countersign.replay.Fixture;
import dev.countersign.server.ServerFixture;
import dev.countersign.server.StepSamples;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.web.Browsers.Person;
import dev.countersign.web.Browsers.View;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forks, two conversations beside each other, and a replay, in a real browser. */
@Tag("store")
final class BesideInBrowserTest extends InBrowser {
    private static final Path KEPT = Path.of("src/test/resources/replay/1/family-access-denied.json");
    private static final Principal HENRY = new Principal("henry");

    @SuppressWarnings("NullAway.Init")
    private static ServerFixture server;

    private static String parent = "";
    private static String fork = "";

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder);
        server.history.steps.add(StepSamples.everything(1));
        server.history.steps.add(StepSamples.everything(2));
        parent = said("what is there to eat?", "order Fries from Burger Bonanza", "<img src=x onerror=alert(1)>");
        fork = said("what is there to eat?", "order a Deluxe Burger from Burger Bonanza");
        server.history.fork = fork;
        server.history.recorded = BesidePagesTest.elsewhere(Fixture.read(KEPT).recording());
    }

    private static String said(String... texts) {
        String id = server.runtime
                .open(HENRY, "echo", ThreadKind.CHAT, "dinner for the family")
                .id();
        for (String text : texts) {
            server.runtime.send(HENRY, id, text);
            await().until(() -> server.runtime.thread(HENRY, id).status() == ThreadStatus.IDLE);
        }
        return id;
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    String base() {
        return server.url("").toString();
    }

    @Test
    void fromTheStepsToTheForks_toTheComparison_andThroughItsDifferencesByArrowKeys() {
        Person henry = person("henry");
        Page page = henry.page;
        page.navigate("/threads/" + parent + "/history");
        page.click("text=Forks");
        assertThat(page.locator("#kin > li")).hasCount(2);
        sees(page.locator("#kin"), "taken at step 3");
        accessible(henry);
        henry.picture("forks");
        page.click("text=Compare");
        sees(page.locator("main"), "4 messages are the same from the beginning");
        sees(page.locator("tr.changed").first(), "a Deluxe Burger");
        accessible(henry);
        henry.picture("beside");
        henry.picture("beside-dark", View.NIGHT);
        page.keyboard().press("ArrowRight");
        assertThat(page.locator("[data-difference]").first()).isFocused();
        page.keyboard().press("ArrowRight");
        assertThat(page.locator("[data-difference]").nth(1)).isFocused();
        page.keyboard().press("ArrowLeft");
        assertThat(page.locator("[data-difference]").first()).isFocused();
        page.click("text=Turn them round");
        sees(page.locator("tr.changed").first(), "a Deluxe Burger");
    }

    @Test
    void aReplayTellsWhereItDiffers_andLeadsToTheStep() {
        Person henry = person("henry");
        Page page = henry.page;
        page.navigate("/threads/" + parent + "/history");
        page.click("button:has-text('Replay')");
        sees(page.locator("main"), "It came to something else at step 2");
        accessible(henry);
        henry.picture("replayed");
        page.click("text=Show the step");
        sees(page.locator(".walk h2"), "Step 2");
    }

    private static void accessible(Person person) {
        person.requireAccessible();
        person.page.setViewportSize(View.PHONE.width(), View.PHONE.height());
        person.requireNoSidewaysScroll();
        person.page.setViewportSize(View.DESK.width(), View.DESK.height());
        person.page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    }
}
