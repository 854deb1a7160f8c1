package dev.countersign.web;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import dev.countersign.web.Browsers.Person;
import dev.countersign.web.Browsers.View;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests in a real browser: people who come, and who leave without a complaint when the test is over. */
@Tag("page")
@ExtendWith(NeedsBrowser.class)
abstract class InBrowser {
    private final List<Person> people = new ArrayList<>();

    /** Where the pages are. */
    abstract String base();

    final Person person(View view) {
        Person person = Browsers.person(base(), view);
        people.add(person);
        return person;
    }

    /** Somebody of the family at a desk, logged in. */
    final Person person(String user) {
        return person(View.DESK).logIn(user);
    }

    /** Before the server goes, which a page would complain of. */
    @AfterEach
    final void leave() {
        AssertionError complaint = null;
        for (Person person : people) {
            try {
                person.close();
            } catch (AssertionError e) {
                complaint = e;
            }
        }
        people.clear();
        if (complaint != null) {
            throw complaint;
        }
    }

    static void say(Page page, String text) {
        page.fill("#message", text);
        page.press("#message", "Enter");
    }

    static void sees(Locator locator, String text) {
        PlaywrightAssertions.assertThat(locator).containsText(text);
    }
}
