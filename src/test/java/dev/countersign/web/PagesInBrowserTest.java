package dev.countersign.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import dev.countersign.server.ServerFixture;
import dev.countersign.web.Browsers.Person;
import dev.countersign.web.Browsers.View;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages in a real browser, over a server whose runtime and Permit are in memory. */
@Tag("store")
final class PagesInBrowserTest extends InBrowser {
    @SuppressWarnings("NullAway.Init")
    private ServerFixture server;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder);
    }

    @AfterEach
    void stop() {
        try {
            leave();
        } finally {
            server.close();
        }
    }

    @Override
    String base() {
        return server.url("").toString();
    }

    @Test
    void loggingIn_wrongThenRight_andOutAgain() {
        // The browser itself reports an answer that is a 401.
        Person henry = person(View.DESK).expecting("401");
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
    }

    @Test
    void aChatAnswers_parks_andGoesOnByItself() {
        Person henry = person("henry");
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
    }

    @Test
    void aLoginThatEndsInMidChat_losesNothingThatWasTyped() {
        Person henry = person("henry").expecting("401");
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
        Person henry = person("henry");
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
    }

    @Test
    void theInboxIsWorkedThroughByKeys() {
        for (int i = 1; i <= 5; i++) {
            server.permit.filed("r" + i, RequestKind.ACCESS, "henry");
        }
        Person joe = person("joe");
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
            joe.requireNoSidewaysScroll();
            joe.requireAccessible();
        }
    }

    @Test
    void manyAreDecidedAtOnce_andWhatSomebodyElseWasFasterWithIsTold() {
        for (int i = 1; i <= 3; i++) {
            server.permit.filed("r" + i, i == 2 ? RequestKind.OPERATION : RequestKind.ACCESS, "henry");
        }
        Person joe = person("joe");
        Page page = joe.page;
        page.navigate("/inbox");
        page.check("[data-all]");
        assertThat(page.locator("#bar")).containsText("3 selected");
        server.permit.deny(RequestKind.OPERATION, "r2", "jane", "I said no");
        page.locator("#bar [data-approve]").click();
        sees(page.locator("#notice"), "2 approved, 1 not");
        sees(page.locator("#g-r1"), "Approved by you");
        sees(page.locator("#g-r2"), "Denied by jane");
        sees(page.locator("#g-r2"), "I said no");
        sees(page.locator("#g-r3"), "Approved by you");
        joe.requireAccessible();
        page.click("text=Close");
        assertThat(page.locator("#notice > *")).hasCount(0);
        assertThat(server.permit.request("r2").status()).isEqualTo(RequestStatus.DENIED);
    }

    @Test
    void theDesktopTellsOfANewRequest_onceItWasAllowedTo() {
        Person joe = person("joe");
        joe.context.grantPermissions(List.of("notifications"));
        joe.context.addInitScript(
                "window.alerts = []; window.Notification = new Proxy(Notification, { construct: (real, given) => {"
                        + " alerts.push(given[0] + ' | ' + given[1].body + ' | ' + given[1].tag); return Reflect.construct(real, given); } });");
        Page page = joe.page;
        page.navigate("/settings");
        page.check("[name=alerts]");
        page.click("text=Save");
        sees(page.locator("[role=status]"), "Saved");
        server.permit.filed("r1", RequestKind.ACCESS, "henry");
        page.navigate("/inbox");
        assertThat(page.locator("#pending > .card")).hasCount(1);
        // The first look of the feed tells what there is; only what comes after it is news.
        page.waitForFunction("() => document.querySelector('#count').dataset.count === '1'");
        server.permit.filed("r2", RequestKind.OPERATION, "henry");
        server.logged("r2");
        page.waitForFunction("() => alerts.length > 0");
        assertThat(page.locator("#pending > .card")).hasCount(2);
        assertThat(page.evaluate("() => alerts"))
                .isEqualTo(List.of("henry asks for order_dish: Truffle Pasta at Fancy French | hungry | g-r2"));
    }

    @Test
    void aCardThatCameBeforeItsCallWasInTheStore_isCompletedByItself() {
        Person joe = person("joe");
        Page page = joe.page;
        page.navigate("/inbox");
        assertThat(page.locator(".blank")).isVisible();
        server.permit.filed(new PermitRequest(
                "r1",
                RequestKind.OPERATION,
                RequestStatus.PENDING,
                "uuid-henry",
                null,
                "3",
                null,
                "order_dish: Foie Gras",
                null,
                "for grandma",
                null,
                null,
                server.clock.instant(),
                null));
        server.logged("r1");
        sees(page.locator("#g-r1"), "not filed by an agent of this server");
        new Scenery(server).filed("r1");
        server.logged("r1");
        sees(page.locator("#g-r1 .args"), "Foie Gras");
        sees(page.locator("#g-r1"), "left");
    }
}
