package dev.countersign.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import com.microsoft.playwright.Page;
import dev.countersign.core.Json;
import java.util.List;

/** Whether a page shows texts as texts. */
final class Shows {
    /** What no page of ours has in its main part, and hostile texts would like to put there. */
    private static final String FORGED =
            "main script, main img, main iframe, main style, main base, main object, main embed,"
                    + " main meta, main link, main video, main math, main [onclick], main [onload], main [onerror], main [onmouseover],"
                    + " main [onfocus], main [ontoggle], main [href^=javascript], main [action^=javascript], main [hx-get='/login/end'],"
                    + " main [sse-connect^=https]";

    private Shows() {}

    /** Each of the texts stands in the page's main part, as it is or as a text in JSON; and nothing else came of it. */
    static void all(Page page, List<String> texts) {
        String shown = plain((String) page.evaluate("() => document.querySelector('main').textContent"));
        for (String text : texts) {
            String json = Json.write(TextNode.valueOf(text));
            assertThat(shown.contains(plain(text)) || shown.contains(plain(json.substring(1, json.length() - 1))))
                    .as(page.url() + " shows " + text)
                    .isTrue();
        }
        assertThat(page.locator(FORGED)).hasCount(0);
    }

    /** A browser shows no NUL, and runs of white space as one. */
    private static String plain(String text) {
        return text.replace("\u0000", "")
                .replace("\uFFFD", "")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
