package dev.countersign.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import dev.countersign.web.Browsers.Person;
import dev.countersign.web.Browsers.View;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The family at a whole server, a child and a parent at a browser each. Nobody reloads a page: each is marked, and the mark is
 * looked for in the end. Every test leaves an empty inbox and asks for what no other test is given.
 */
@Tag("store")
final class FamilyInBrowserTest extends InBrowser {
    /** What a dish may be called: the texts without control characters, which no name of a dish has. */
    private static final List<String> DISHES = Hostile.TEXTS.stream()
            .filter(text -> text.chars().noneMatch(Character::isISOControl))
            .toList();

    /** When something first was in a page, by the clock of this machine. */
    private static final String NOTE_WHEN_THERE = """
            selector => {
              const look = () => { if (!window.thereAt && document.querySelector(selector)) window.thereAt = Date.now(); };
              window.thereAt = 0;
              new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
              look();
            }""";

    private static final String NOTE_CLICK =
            "() => document.addEventListener('click', () => { window.clickedAt ??= Date.now(); }, true)";

    @SuppressWarnings("NullAway.Init")
    private static WholeServer server;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        server = WholeServer.start(folder, DISHES);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    String base() {
        return server.url();
    }

    private static Locator answer(Page chat) {
        return chat.locator("#log .words.agent").last();
    }

    private Person reviewer(String user) {
        Person reviewer = person(View.DESK);
        reviewer.page.navigate("/login");
        reviewer.picture("login");
        reviewer.logIn(user);
        reviewer.page.navigate("/inbox");
        assertThat(reviewer.page.locator("#pending")).isAttached();
        reviewer.mark();
        return reviewer;
    }

    /** Asks for what is not allowed, says why, and waits until it is asked of a reviewer. */
    private static void ask(Person child, String restaurant) {
        say(child.page, "show me the menu of " + restaurant);
        sees(answer(child.page), "");
        child.mark();
        say(child.page, "it is my birthday");
        sees(child.page.locator(".parked.pending"), "access to " + restaurant);
    }

    private static long millis(Page page, String name) {
        return ((Number) page.evaluate("() => window." + name)).longValue();
    }

    @Test
    void aChildAsks_aParentDecides_andNobodyReloads() {
        Person joe = reviewer("joe");
        Person henry = person("henry");
        Page chat = henry.page;
        joe.page.evaluate(NOTE_WHEN_THERE, "#pending .card");
        ask(henry, "Fancy French");
        chat.evaluate(NOTE_WHEN_THERE, ".parked.approved");
        Locator card = joe.page.locator("#pending .card:not(.settled)");
        sees(card, "access to Fancy French");
        sees(card, "birthday");
        henry.requireAccessible();
        joe.requireAccessible();
        joe.page.evaluate(NOTE_CLICK);
        card.locator("[data-approve]").click();
        sees(joe.page.locator("#pending .card"), "Approved by you");
        sees(chat.locator(".parked.approved"), "Approved by joe");
        sees(answer(chat), "Truffle Pasta");
        say(chat, "order Truffle Pasta");
        sees(chat.locator("#log .words.agent .text").last(), "approv");
        say(chat, "I have never tried truffles");
        sees(chat.locator(".parked.pending"), "Truffle Pasta");
        card.locator("[data-deny]").click();
        joe.page.fill("#comment", "too expensive for a Monday");
        joe.page.click("#deny button[type=submit]");
        sees(chat.locator(".parked.denied"), "too expensive for a Monday");
        henry.requireNotLoadedAgain();
        joe.requireNotLoadedAgain();
        henry.requireAccessible();
        henry.page.setViewportSize(View.PHONE.width(), View.PHONE.height());
        henry.requireNoSidewaysScroll();
        henry.page.setViewportSize(View.DESK.width(), View.DESK.height());
        pictures(henry, "chat");
        long told = millis(chat, "thereAt") - millis(joe.page, "clickedAt");
        System.out.println(
                "update in the other browser after " + told + " ms (from the reviewer's click to the child's page)");
        walkThrough(henry);
    }

    private static void pictures(Person person, String name) {
        person.picture(name);
        person.picture(name + "-dark", View.NIGHT);
        person.picture(name + "-phone", View.PHONE);
    }

    /** The steps of the conversation that is open. */
    private static void walkThrough(Person henry) {
        Page page = henry.page;
        page.navigate(page.url().replace("/chat/", "/threads/") + "/history");
        sees(page.locator(".walk h2"), "Step ");
        page.locator(".timeline li:has-text('create_operation_approval') a")
                .first()
                .click();
        sees(page.locator(".moment"), "create_operation_approval");
        henry.requireAccessible();
        henry.picture("viewer");
    }

    @Test
    void aRequestIsGivenMoreTime_thenWithdrawn_andLeavesTheInbox() {
        Person jane = reviewer("jane");
        Person rose = person("rose");
        ask(rose, "Fancy French");
        Locator card = jane.page.locator("#pending .card:not(.settled)");
        sees(card, "rose asks for access to Fancy French");
        Locator left = card.locator(".left time");
        String before = left.getAttribute("datetime");
        card.locator("select").selectOption("3d");
        assertThat(left).not().hasAttribute("datetime", before);
        assertThat(rose.page.locator(".parked.pending time").last()).not().hasAttribute("datetime", before);
        rose.page.click("text=Withdraw");
        sees(rose.page.locator(".parked.over"), "Withdrawn");
        sees(jane.page.locator("#pending .card.settled"), "Withdrawn");
        assertThat(rose.page.locator("text=Withdraw this")).hasCount(0);
        rose.requireNotLoadedAgain();
        jane.requireNotLoadedAgain();
    }

    @Test
    void aServerThatGoesAndComesBack_isNoticedAndForgotten() {
        // The browser itself tells of a connection that broke off or is refused, and htmx of the event it got for it.
        Person rose = person("rose").expecting("net::ERR_", "[object Event]");
        ask(rose, "Sushi World");
        rose.page.fill("#message", "not sent yet");
        server.restart();
        Person joe = reviewer("joe");
        joe.page
                .locator("#pending .card:has-text('Sushi World') [data-approve]")
                .click();
        sees(rose.page.locator(".parked.approved"), "Approved by joe");
        sees(answer(rose.page), "Sushi Platter");
        assertThat(rose.page.locator(".link-lost")).isHidden();
        assertThat(rose.page.locator("#message")).hasValue("not sent yet");
        rose.page.press("#message", "Enter");
        sees(rose.page.locator("#log .words.user").last(), "not sent yet");
        rose.requireNotLoadedAgain();
    }

    @Test
    void dishesWithHostileNames_areText() {
        Person henry = person("henry");
        say(henry.page, "show me the menu of Burger Bonanza");
        sees(answer(henry.page), "Classic Burger");
        Shows.all(henry.page, DISHES);
    }
}
