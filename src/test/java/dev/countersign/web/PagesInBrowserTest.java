package dev.countersign.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import dev.countersign.server.ServerFixture;
import dev.countersign.web.Browsers.Person;
import dev.countersign.web.Browsers.View;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The pages in a real browser, over a server whose runtime and Permit are in memory. */
@Tag("page")
@Tag("store")
@ExtendWith(NeedsBrowser.class)
final class PagesInBrowserTest {
    @SuppressWarnings("NullAway.Init")
    private ServerFixture server;

    private final List<Person> people = new ArrayList<>();

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder);
    }

    @AfterEach
    void stop() {
        people.forEach(Person::close);
        server.close();
    }

    private Person person(View view) {
        Person person = Browsers.person(server.url("").toString(), view);
        people.add(person);
        return person;
    }

    private static void say(Page page, String text) {
        page.fill("#message", text);
        page.press("#message", "Enter");
    }

    @Test
    void loggingIn_wrongThenRight_andOutAgain() {
        Person henry = person(View.DESK);
        Page page = henry.page;
        page.navigate("/inbox");
        assertThat(page).hasURL(java.util.regex.Pattern.compile(".*/login\\?next=.*"));
        henry.requireAccessible();
        page.fill("#username", "henry");
        page.fill("#password", "wrong password");
        page.press("#password", "Enter");
        assertThat(page.locator("[role=alert]")).containsText("do not belong together");
        assertThat(page.locator("#username")).hasValue("henry");
        henry.requireAccessible();
        page.fill("#password", "henry_password");
        page.press("#password", "Enter");
        assertThat(page).hasURL(java.util.regex.Pattern.compile(".*/inbox"));
        page.click("text=Log out");
        assertThat(page.locator("[role=status]")).containsText("logged out");
        // The browser itself reports the one answer that was a 401.
        assertThat(henry.complaints).hasSize(1).allMatch(line -> line.contains("401"));
    }

    @Test
    void aChatAnswers_parks_andGoesOnByItself() {
        Person henry = person(View.DESK).logIn("henry");
        Page page = henry.page;
        henry.requireAccessible();
        say(page, "hello");
        assertThat(page.locator("#log .words.agent .text")).hasText("you said: hello");
        say(page, "the menu, please");
        assertThat(page.locator(".parked.pending")).containsText("access to Fancy French");
        assertThat(page.locator("#status")).containsText("Waiting for a reviewer");
        assertThat(page.locator("#queue li")).hasCount(0);
        henry.requireAccessible();
        say(page, "still there?");
        assertThat(page.locator("#log .words.agent .text").last()).hasText("you said: still there?");
        String thread = page.url().substring(page.url().lastIndexOf('/') + 1);
        server.runtime.decide(thread, "approved");
        assertThat(page.locator("#log .words.agent .text").last()).hasText("the request was approved");
        assertThat(henry.complaints).isEmpty();
    }

    @Test
    void aLoginThatEndsInMidChat_losesNothingThatWasTyped() {
        Person henry = person(View.DESK).logIn("henry");
        Page page = henry.page;
        say(page, "hello");
        assertThat(page.locator("#log .words.agent .text")).hasCount(1);
        String cookie = henry.context.cookies().stream()
                .filter(one -> one.name.equals(Doorman.PLAIN))
                .findFirst()
                .orElseThrow()
                .value;
        PlainBrowser elsewhere = new PlainBrowser(server);
        elsewhere.cookies.put(Doorman.PLAIN, cookie);
        elsewhere.post("/login/end", "csrf", Doorman.token(cookie));
        page.fill("#message", "do not lose this");
        page.press("#message", "Enter");
        assertThat(page.locator("#notice")).containsText("Log in again");
        page.click("#notice a");
        page.fill("#username", "henry");
        page.fill("#password", "henry_password");
        page.press("#password", "Enter");
        assertThat(page.locator("#message")).hasValue("do not lose this");
        page.press("#message", "Enter");
        assertThat(page.locator("#log .words.agent .text").last()).hasText("you said: do not lose this");
    }

    @Test
    void everyHostileTextIsShownAsText() {
        Person henry = person(View.DESK).logIn("henry");
        Page page = henry.page;
        say(page, "hello");
        page.waitForURL("**/chat/*");
        for (String text : Hostile.TEXTS) {
            page.fill("#message", text);
            page.press("#message", "Enter");
            assertThat(page.locator("#message")).hasValue("");
        }
        assertThat(page.locator("#log .words.agent")).hasCount(Hostile.TEXTS.size() + 1);
        assertThat(page.locator("main script, main img, main iframe, main svg, main style, main [onclick], main base"))
                .hasCount(0);
        assertThat(henry.complaints).isEmpty();
    }

    @Test
    void theInboxIsWorkedThroughByKeys() {
        for (int i = 1; i <= 5; i++) {
            server.permit.filed("r" + i, RequestKind.ACCESS, "henry");
        }
        Person joe = person(View.DESK).logIn("joe");
        Page page = joe.page;
        page.navigate("/inbox");
        assertThat(page.locator("#pending > .card")).hasCount(5);
        joe.requireAccessible();
        page.keyboard().press("?");
        assertThat(page.locator("#help")).isVisible();
        joe.requireAccessible();
        page.keyboard().press("Escape");
        assertThat(page.locator("#help")).isHidden();
        page.keyboard().press("j");
        page.keyboard().press("j");
        page.keyboard().press("k");
        assertThat(page.locator("#g-r1")).isFocused();
        page.keyboard().press("a");
        assertThat(page.locator("#g-r1")).containsText("Approved by you");
        assertThat(page.locator("#g-r2")).isFocused();
        page.keyboard().press("r");
        page.click("text=Not today");
        page.click("#deny button[type=submit]");
        assertThat(page.locator("#g-r2")).containsText("Not today");
        page.locator("#g-r3").focus();
        page.keyboard().press("x");
        page.keyboard().press("j");
        page.keyboard().press("x");
        assertThat(page.locator("#bar")).containsText("2 selected");
        joe.requireAccessible();
        page.keyboard().press("Escape");
        assertThat(page.locator("#bar")).isHidden();
        page.check("[data-all]");
        page.keyboard().press("a");
        assertThat(page.locator("#notice")).containsText("3 approved");
        assertThat(server.permit.request("r5").status()).isEqualTo(RequestStatus.APPROVED);
        assertThat(joe.complaints).isEmpty();
    }

    @Test
    void keysCanBeSwitchedOff_andColoursChosen() {
        server.permit.filed("r1", RequestKind.ACCESS, "henry");
        Person joe = person(View.NIGHT).logIn("joe");
        Page page = joe.page;
        page.navigate("/settings");
        joe.requireAccessible();
        page.uncheck("[name=keys]");
        page.check("[value=light]");
        page.click("text=Save");
        assertThat(page.locator("html")).hasAttribute("data-theme", "light");
        joe.requireAccessible();
        page.navigate("/inbox");
        page.locator("#g-r1").focus();
        page.keyboard().press("a");
        assertThat(page.locator("#g-r1")).not().containsText("Approved");
        assertThat(server.permit.request("r1").status()).isEqualTo(RequestStatus.PENDING);
    }

    @Test
    void aPhoneShowsAllOfIt_byNightToo() {
        server.permit.filed("r1", RequestKind.OPERATION, "henry");
        Person joe = person(new View(360, 740, com.microsoft.playwright.options.ColorScheme.DARK))
                .logIn("joe");
        Page page = joe.page;
        for (String path : List.of("/chat", "/inbox", "/inbox/history", "/settings")) {
            page.navigate(path);
            org.assertj.core.api.Assertions.assertThat(
                            page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
                    .as(path)
                    .isEqualTo(true);
            joe.requireAccessible();
        }
        assertThat(joe.complaints).isEmpty();
    }
}
