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
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import com.microsoft.playwright.options.ScreenshotScale;
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

    private static final double PATIENCE_MILLIS = 30_000;

    /** What the policy forbids is told on the console anyway; this says it in words of our own, and of which page. */
    private static final String TELL_OF_POLICY =
            "document.addEventListener('securitypolicyviolation', event => console.error('forbidden by the policy: '"
                    + " + event.violatedDirective + ' ' + event.blockedURI))";

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
            PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
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
        context.setDefaultTimeout(PATIENCE_MILLIS);
        context.addInitScript(TELL_OF_POLICY);
        return new Person(context);
    }

    /**
     * Somebody at a page. Whoever leaves has nothing to complain of, other than of what the test said it brings about: that is
     * checked in {@link #close}.
     */
    static final class Person implements AutoCloseable {
        final BrowserContext context;
        final Page page;
        final List<String> complaints = new ArrayList<>();
        private final List<String> expected = new ArrayList<>();

        private Person(BrowserContext context) {
            this.context = context;
            this.page = context.newPage();
            page.onConsoleMessage(message -> {
                if (message.type().equals("error") || message.type().equals("warning")) {
                    complaints.add(page.url() + ": " + message.text());
                }
            });
            page.onPageError(complaints::add);
            page.onDialog(this::answer);
        }

        /** The pages ask before they do something; whatever else opens a window is a script that ran. */
        private void answer(Dialog dialog) {
            if (!dialog.type().equals("confirm")) {
                complaints.add("a window opened: " + dialog.type() + " " + dialog.message());
            }
            dialog.accept();
        }

        /** What the browser says of its own accord when the test breaks something, such as the server's connection. */
        Person expecting(String... parts) {
            expected.addAll(List.of(parts));
            return this;
        }

        Person logIn(String user) {
            page.navigate("/login");
            page.fill("#username", user);
            page.fill("#password", DemoFamily.passwordOf(user));
            page.click("button[type=submit]");
            page.waitForURL("**/chat");
            return this;
        }

        /** What a machine finds that keeps people out, by day and by night. */
        Person requireAccessible() {
            for (ColorScheme colours : List.of(ColorScheme.DARK, ColorScheme.LIGHT)) {
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(colours));
                AxeResults found = new AxeBuilder(page).withTags(RULES).analyze();
                assertThat(found.getViolations())
                        .as(page.url() + " " + colours)
                        .extracting(rule -> rule.getId() + " " + rule.getNodes())
                        .isEmpty();
            }
            return this;
        }

        /** Marks the page that is open; the mark goes when the page is loaded again. */
        void mark() {
            page.evaluate("() => { window.notLoadedAgain = true; }");
        }

        void requireNotLoadedAgain() {
            assertThat(page.evaluate("() => window.notLoadedAgain === true")).isEqualTo(true);
        }

        /** Nothing stands out at the side. */
        void requireNoSidewaysScroll() {
            assertThat(page.evaluate("[document.documentElement, ...document.querySelectorAll('.scroll')]"
                            + ".every(one => one.scrollWidth <= one.clientWidth)"))
                    .as(page.url() + " fits in " + page.viewportSize().width)
                    .isEqualTo(true);
        }

        /** Writes a picture when pictures are wanted. */
        void picture(String name) {
            if (PICTURES != null) {
                page.evaluate("() => { scrollTo(0, 0); document.querySelectorAll('[data-scroll]').forEach(one => {"
                        + " one.scrollTop = one.scrollHeight; }); }");
                page.screenshot(new Page.ScreenshotOptions()
                        .setScale(ScreenshotScale.CSS)
                        .setPath(Path.of(PICTURES, name + ".png")));
            }
        }

        /** A picture in other colours and of another size; afterwards the page is as before. */
        void picture(String name, View view) {
            if (PICTURES != null) {
                var size = page.viewportSize();
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(view.colours()));
                page.setViewportSize(view.width(), view.height());
                picture(name);
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
                page.setViewportSize(size.width, size.height);
            }
        }

        @Override
        public void close() {
            context.close();
            assertThat(complaints)
                    .as("complaints of the browser")
                    .allMatch(line -> expected.stream().anyMatch(line::contains));
        }
    }
}
