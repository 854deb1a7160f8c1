package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.AxeResults;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import dev.countersign.account.DemoFamily;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One real browser for all tests of this JVM, and people at it, each with cookies of their own. What a page writes on its console, or
 * does that its policy forbids, is a complaint.
 */
final class Browsers {
    /** With this property set, pictures of the pages are written there. */
    private static final @Nullable String PICTURES = System.getProperty("pictures");

    private static final List<String> RULES = List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa");

    private static @Nullable Browser shared;

    private Browsers() {}

    private static synchronized Browser shared() {
        Browser known = shared;
        if (known == null) {
            Playwright playwright = Playwright.create(
                    new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
            known = playwright
                    .chromium()
                    .launch(new BrowserType.LaunchOptions()
                            .setExecutablePath(NeedsBrowser.browser().orElseThrow())
                            .setArgs(List.of(
                                    "--no-sandbox",
                                    "--disable-gpu",
                                    "--disable-quic",
                                    "--no-first-run",
                                    "--disable-background-networking",
                                    "--disable-component-update",
                                    "--disable-sync")));
            shared = known;
            Runtime.getRuntime().addShutdownHook(new Thread(playwright::close));
        }
        return known;
    }

    /** How somebody looks at the pages. */
    record View(int width, int height, ColorScheme colours) {
        static final View DESK = new View(1200, 800, ColorScheme.LIGHT);
        static final View NIGHT = new View(1200, 800, ColorScheme.DARK);
        static final View PHONE = new View(390, 780, ColorScheme.LIGHT);
    }

    static Person person(String base, View view) {
        BrowserContext context = shared().newContext(new Browser.NewContextOptions()
                .setBaseURL(base)
                .setViewportSize(view.width(), view.height())
                .setColorScheme(view.colours())
                .setReducedMotion(ReducedMotion.REDUCE)
                .setLocale("en-GB")
                .setTimezoneId("Europe/Berlin"));
        context.setDefaultTimeout(30_000);
        return new Person(context);
    }

    /** Somebody at a page. */
    static final class Person implements AutoCloseable {
        final BrowserContext context;
        final Page page;
        final List<String> complaints = new ArrayList<>();

        private Person(BrowserContext context) {
            this.context = context;
            this.page = context.newPage();
            page.onConsoleMessage(message -> {
                if (message.type().equals("error") || message.type().equals("warning")) {
                    complaints.add(message.text());
                }
            });
            page.onPageError(complaints::add);
            page.onDialog(Dialog::accept);
        }

        Person logIn(String user) {
            page.navigate("/login");
            page.fill("#username", user);
            page.fill("#password", DemoFamily.passwordOf(user));
            page.click("button[type=submit]");
            page.waitForURL("**/chat");
            return this;
        }

        /** What a machine finds that keeps people out. */
        Person requireAccessible() {
            AxeResults found = new AxeBuilder(page).withTags(RULES).analyze();
            assertThat(found.getViolations())
                    .as(page.url())
                    .extracting(rule -> rule.getId() + " " + rule.getNodes())
                    .isEmpty();
            return this;
        }

        /** Writes a picture when pictures are wanted. */
        void picture(String name) {
            if (PICTURES != null) {
                page.screenshot(new Page.ScreenshotOptions().setPath(Path.of(PICTURES, name + ".png")));
            }
        }

        @Override
        public void close() {
            context.close();
        }
    }
}
