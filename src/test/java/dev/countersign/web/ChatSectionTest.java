package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.core.Principal;
import dev.countersign.server.ServerFixture;
import dev.countersign.thread.ThreadKind;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversations as a browser gets them, over real sockets and without a browser. */
@Tag("store")
final class ChatSectionTest {
    private static final Pattern TAG =
            Pattern.compile("<(script|img|svg|iframe|body|object|embed|base|meta|style|math|video)[ >]");

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

    /** Opens a conversation; its path. */
    private static String begun(PlainBrowser browser, String message) {
        HttpResponse<String> answer = browser.act("/chat", "message", message, "agent", "echo");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
        return answer.headers().firstValue("HX-Redirect").orElseThrow();
    }

    private static String shown(PlainBrowser browser, String path, String part) {
        await().until(() -> browser.get(path).body().contains(part));
        return browser.get(path).body();
    }

    @Test
    void aConversationShowsWordsToolsAndWhatItWaitsFor() {
        PlainBrowser henry = PlainBrowser.of(server, "henry");
        String path = begun(henry, "hello there");
        String page = shown(henry, path, "you said: hello there");
        assertThat(page)
                .contains("<h1>hello there</h1>")
                .contains("Repeats what it hears")
                .contains("<details class=\"tool\">")
                .contains("\"heard\"")
                .contains("sse-connect=\"" + path + "/events?after=4\"");

        assertThat(henry.act(path + "/messages", "message", "the menu, please").body())
                .contains("queued");
        String parked = shown(henry, path, "Waiting for a reviewer. You may go on");
        assertThat(parked)
                .contains("class=\"parked pending\"")
                .contains("access to Fancy French")
                .contains("Withdraw");
        String request =
                server.runtime.approvalsOf(new Principal("henry"), 10).get(0).id();
        assertThat(parked).contains("id=\"ap-" + request + "\"");
    }

    @Test
    void promise7_anothersConversationDoesNotExist() {
        PlainBrowser henry = PlainBrowser.of(server, "henry");
        PlainBrowser rose = PlainBrowser.of(server, "rose");
        String path = begun(henry, "my secret");
        shown(henry, path, "you said");
        for (String foreign : List.of(path, path + "/events", path + "/earlier?before=3")) {
            HttpResponse<String> answer = rose.get(foreign);
            assertThat(answer.statusCode()).as(foreign).isEqualTo(404);
            assertThat(answer.body()).doesNotContain("my secret");
        }
        assertThat(rose.act(path + "/messages", "message", "let me in").statusCode())
                .isEqualTo(404);
        assertThat(rose.get("/chat").body()).doesNotContain("my secret");
        assertThat(henry.post(path + "/messages", "message", "without a token").statusCode())
                .isEqualTo(403);
    }

    @Test
    void aFeedOfAnEndedLoginSaysSo_andEnds() {
        PlainBrowser henry = PlainBrowser.of(server, "henry");
        String path = begun(henry, "hello");
        PlainBrowser stranger = new PlainBrowser(server);
        HttpResponse<String> answer = stranger.get(path + "/events");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        assertThat(answer.body()).isEqualTo("event: closed\ndata: login\n\n");
    }

    @Test
    void everyHostileTextIsText() {
        PlainBrowser henry = PlainBrowser.of(server, "henry");
        for (String text : Hostile.TEXTS) {
            String path = begun(henry, text);
            String page = shown(henry, path, "you said: ");
            String main = page.substring(page.indexOf("<main"), page.indexOf("<template id=\"ended\""));
            assertThat(TAG.matcher(main).find()).as(text).isFalse();
            assertThat(main)
                    .as(text)
                    .doesNotContain("<div hx-get")
                    .doesNotContain("<a href=\"javascript")
                    .doesNotContain("<form action");
            String queued = henry.act(path + "/messages", "message", text).body();
            assertThat(TAG.matcher(queued).find()).as(text).isFalse();
        }
    }

    @Test
    void whatCannotBeSentIsSaid_andALongConversationIsShownInParts() {
        PlainBrowser henry = PlainBrowser.of(server, "henry");
        String path = begun(henry, "first words");
        assertThat(henry.act(path + "/messages", "message", "  ").body()).contains("here is nothing to send");
        HttpResponse<String> large = henry.act(path + "/messages", "message", "x".repeat(33_000));
        assertThat(large.statusCode()).isEqualTo(400);
        assertThat(large.body()).contains("CS-742").doesNotContain("xxxx");
        Principal owner = new Principal("henry");
        String id = path.substring("/chat/".length());
        for (int i = 0; i < 30; i++) {
            server.runtime.send(owner, id, "word " + i);
        }
        String page = shown(henry, path, "you said: word 29");
        assertThat(page).contains("Show what came before").doesNotContain("first words</p>");
        String earlier = henry.get(path + "/earlier?before=25").body();
        assertThat(earlier).contains("first words</p>").doesNotContain("Show what came before");
    }

    @Test
    void jobsAreNoConversations() {
        server.runtime.open(new Principal("jane"), "echo", ThreadKind.JOB, "a job of hers");
        assertThat(PlainBrowser.of(server, "jane").get("/chat").body()).doesNotContain("a job of hers");
    }
}
