package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.server.ServerFixture;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a page brings with it, and what stands in its templates. */
@Tag("store")
final class AssetsTest {
    private static final int FIRST_LOAD_BYTES_MAX = 60 * 1024;
    private static final Pattern LINKED = Pattern.compile("(?:href|src)=\"(/assets/[^\"]+)\"");

    @SuppressWarnings("NullAway.Init")
    private static ServerFixture server;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Set<String> linked(String page) {
        Set<String> paths = new LinkedHashSet<>();
        for (Matcher links = LINKED.matcher(page); links.find(); ) {
            paths.add(links.group(1));
        }
        return paths;
    }

    @Test
    void theFirstLoadIsSmall() {
        PlainBrowser henry = PlainBrowser.of(server, "henry");
        HttpResponse<byte[]> page = henry.bytes("/settings", "Accept-Encoding", "gzip");
        int size = page.body().length;
        Set<String> files = linked(henry.get("/settings").body());
        assertThat(files).hasSize(5);
        for (String file : files) {
            HttpResponse<byte[]> answer = henry.bytes(file, "Accept-Encoding", "gzip");
            assertThat(answer.headers().firstValue("Content-Encoding")).contains("gzip");
            size += answer.body().length;
        }
        assertThat(size).isLessThan(FIRST_LOAD_BYTES_MAX);
    }

    @Test
    void filesAreKeptForEver_underPathsThatChangeWithThem() {
        PlainBrowser henry = PlainBrowser.of(server, "henry");
        for (String file : linked(henry.get("/settings").body())) {
            HttpResponse<byte[]> answer = henry.bytes(file);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Cache-Control")).contains("public, max-age=31536000, immutable");
            assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
            String old = file.replaceFirst("/assets/[^/]+/", "/assets/000000000000/");
            assertThat(henry.bytes(old).headers().firstValue("Cache-Control")).contains("no-cache");
        }
        assertThat(henry.get("/assets/x/pom.xml").statusCode()).isEqualTo(404);
        assertThat(henry.get("/assets/x/..%2Fcountersign.css").statusCode()).isNotEqualTo(200);
        assertThat(henry.get("/favicon.ico").statusCode()).isEqualTo(302);
    }

    @Test
    void noTemplateHasWhatThePolicyForbids_andNoneLeavesATextUnescaped() throws IOException {
        List<Pattern> forbidden = Stream.of(
                        "\\$unsafe",
                        "<style",
                        " style=",
                        "\\son[a-z]+=",
                        "javascript:",
                        "<script(?! src=\"\\$\\{frame\\.asset\\()",
                        "https?://")
                .map(Pattern::compile)
                .toList();
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("src/main/jte"))) {
            for (Path file : files.toList()) {
                String text = Files.readString(file);
                forbidden.stream()
                        .filter(pattern -> pattern.matcher(text).find())
                        .forEach(pattern -> found.add(pattern + " in " + file));
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void theScriptReadsNoTextAsHtml() {
        String script = new String(
                PlainBrowser.of(server, "henry")
                        .bytes("/assets/x/countersign.js")
                        .body(),
                StandardCharsets.UTF_8);
        assertThat(script)
                .contains("htmx")
                .doesNotContain("innerHTML")
                .doesNotContain("outerHTML =")
                .doesNotContain("insertAdjacentHTML")
                .doesNotContain("document.write")
                .doesNotContain("eval(");
    }
}
