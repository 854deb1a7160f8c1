package dev.countersign.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.countersign.core.Json;
import dev.countersign.core.Principal;
import dev.countersign.server.ServerFixture;
import dev.countersign.server.StepSamples;
import dev.countersign.thread.ThreadKind;
import dev.countersign.web.Browsers.Person;
import dev.countersign.web.Browsers.View;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs, what needs attention, steps and figures in a real browser, with a family's data in them; and every page there is. */
@Tag("store")
final class LookingInBrowserTest extends InBrowser {
    private static final int STEPS = 60;

    @SuppressWarnings("NullAway.Init")
    private static ServerFixture server;

    private static String conversation = "";

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder);
        Scenery.on(server).jobs().inbox().doubts().decisions();
        server.permit.holds("joe", "auditor", null);
        for (int seq = 1; seq <= STEPS; seq++) {
            server.history.steps.add(StepSamples.everything(seq));
        }
        conversation = server.runtime
                .open(new Principal("henry"), "echo", ThreadKind.CHAT, "the menu of Fancy French")
                .id();
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
    void aJobIsSubmitted_andOneThatWaitsIsCanceled() {
        Person rose = person("rose");
        Page page = rose.page;
        page.navigate("/jobs");
        sees(page.locator("#jobs"), "No jobs yet");
        page.fill("#goal", "find out what there is");
        page.click("text=Submit the job");
        sees(page.locator("#job"), "done: find out what there is");
        assertThat(page.locator("#job .pill").first()).hasText("done");
        assertThat(page.locator("#job-cancel")).hasCount(0);
        page.navigate("/jobs");
        page.fill("#goal", "the menu of Fancy French");
        page.click("text=Submit the job");
        sees(page.locator("#job .notice"), "Waits for an access request");
        sees(page.locator("#job"), "What it asked for");
        rose.requireAccessible();
        page.click("#job-cancel");
        assertThat(page.locator("#job .pill").first()).hasText("canceled");
        assertThat(page.locator("#job-cancel")).hasCount(0);
        page.click("text=All jobs");
        assertThat(page.locator("#jobs li")).hasCount(2);
        sees(page.locator("#jobs li").first(), "canceled");
        page.click("text=find out what there is");
        assertThat(page).hasURL(Pattern.compile(".*/jobs/thread-\\d+"));
    }

    @Test
    void aConversationThatIsHeld_standsBesideUnknownCalls_withItsReason() {
        String why =
                "its agent as it was (the tool create_operation_approval is not there any more). Nothing was done. Run"
                        + " that again, and it goes on; or cancel what it waits for";
        Principal owner = new Principal("rose");
        String held = server.runtime
                .open(owner, "echo", ThreadKind.CHAT, "the menu of Sushi World")
                .id();
        server.runtime.hold(owner, held, why);
        Person rose = person("rose");
        rose.page.navigate("/attention");
        assertThat(rose.page.locator(".held .card")).hasCount(1);
        sees(rose.page.locator("#held-" + held), why);
        rose.requireAccessible();
        rose.page.locator("#held-" + held + " a").click();
        assertThat(rose.page).hasURL(Pattern.compile(".*/threads/" + held + "/history"));
    }

    @Test
    void promise4_eachUnknownCallIsAnswered_andLeavesTheList() {
        Person henry = person("henry");
        Page page = henry.page;
        page.navigate("/attention");
        assertThat(page.locator(".cards > .card")).hasCount(3);
        henry.requireAccessible();
        henry.picture("attention");
        page.locator(".card:has-text('Truffle Pasta')")
                .locator("text=It happened")
                .click();
        sees(page.locator("[role=status]"), "the call took effect");
        page.locator(".card:has-text('Fries')")
                .locator("text=It did not happen")
                .click();
        sees(page.locator("[role=status]"), "had no effect");
        assertThat(page.locator(".cards > .card")).hasCount(1);
        page.locator(".card:has-text('Deluxe Burger')")
                .locator("text=Send it again")
                .click();
        sees(page.locator("[role=status]"), "sent once more");
        sees(page.locator("main"), "Nothing needs you");
        assertThat(server.runtime.answers)
                .containsExactly(
                        "henry CONFIRM " + "ab12cd34".repeat(8),
                        "henry REFUTE " + "ef56ab78".repeat(8),
                        "henry RETRY " + "0912fe55".repeat(8));
    }

    @Test
    void aConversationIsWalkedThroughByArrowKeys_eachStepHasAnAddress_andAllOfItIsTakenAlong() throws IOException {
        Person henry = person("henry");
        Page page = henry.page;
        String base = "/threads/" + conversation + "/history";
        page.navigate(base);
        sees(page.locator(".walk h2"), "Step 60");
        henry.mark();
        page.keyboard().press("ArrowLeft");
        sees(page.locator(".walk h2"), "Step 59");
        page.keyboard().press("ArrowLeft");
        sees(page.locator(".walk h2"), "Step 58");
        page.keyboard().press("ArrowRight");
        sees(page.locator(".walk h2"), "Step 59");
        assertThat(page).hasURL(Pattern.compile(".*" + base + "/59"));
        assertThat(page.locator(".timeline [aria-current=step]")).containsText("59");
        henry.requireNotLoadedAgain();
        page.goBack();
        sees(page.locator(".walk h2"), "Step 58");
        page.click("text=Earlier steps");
        sees(page.locator(".walk h2"), "Step 35");
        page.locator(".drawing").focus();
        page.keyboard().press("ArrowLeft");
        sees(page.locator(".walk h2"), "Step 35");
        Page other = henry.context.newPage();
        other.navigate(base + "/30");
        sees(other.locator(".walk h2"), "Step 30");
        other.close();
        Download taken = page.waitForDownload(() -> page.click("text=Export as JSON"));
        JsonNode whole = Json.read(Files.readString(taken.path(), StandardCharsets.UTF_8));
        assertThat(taken.suggestedFilename()).isEqualTo("countersign-" + conversation + ".json");
        assertThat(whole.path("steps")).hasSize(STEPS);
    }

    @Test
    void figuresAreDrawn_andAreTablesToo() {
        Person joe = person("joe");
        joe.page.navigate("/figures");
        assertThat(joe.page.locator(".plot svg rect").first()).isVisible();
        assertThat(joe.page.locator("tr:has-text('jane') .share")).isVisible();
        sees(joe.page.locator("dl div:has-text('Parked now') dd"), "5");
        joe.picture("figures");
        joe.page.locator("summary").first().click();
        assertThat(joe.page.locator("details[open] table")).isVisible();
        joe.requireAccessible();
    }

    @Test
    void theInboxShowsWhatCounts_byDayByNightAndOnAPhone() {
        Person joe = person("joe");
        Page page = joe.page;
        page.navigate("/inbox");
        sees(page.locator("#count"), "3 wait for you");
        sees(page.locator("#g-p2"), "2 times the same");
        page.locator("#g-p2 summary").click();
        sees(page.locator("#g-p2 .excerpt"), "Nothing was said before");
        joe.requireAccessible();
        page.locator("#g-p2 summary").click();
        joe.picture("inbox");
        joe.picture("inbox-dark", View.NIGHT);
        joe.picture("inbox-phone", View.PHONE);
    }

    /** Every page that has no test of its own for it: by day, by night and on a phone. */
    @Test
    void everyPageIsForEverybody() {
        Person joe = person("joe").expecting("404", "403");
        Person henry = person("henry").expecting("404", "403");
        for (String path : List.of("/inbox/history", "/settings", "/figures", "/jobs/none")) {
            look(joe, path);
        }
        for (String path :
                List.of("/chat", "/jobs", "/jobs/job-3", "/figures", "/threads/" + conversation + "/history/9")) {
            look(henry, path);
        }
        henry.page.navigate("/jobs");
        henry.picture("jobs");
        joe.page.navigate("/settings");
        joe.picture("settings");
    }

    private static void look(Person person, String path) {
        person.page.navigate(path);
        person.requireAccessible();
        View phone = View.PHONE;
        person.page.setViewportSize(phone.width(), phone.height());
        person.requireNoSidewaysScroll();
        person.page.setViewportSize(View.DESK.width(), View.DESK.height());
        person.page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    }
}
