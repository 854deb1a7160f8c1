package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.core.Principal;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import dev.countersign.server.ServerFixture;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The inbox as a browser gets it, over real sockets and without a browser. */
@Tag("store")
final class InboxSectionTest {
    @SuppressWarnings("NullAway.Init")
    private ServerFixture server;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static int count(String page, String part) {
        return page.split(Pattern.quote(part), -1).length - 1;
    }

    /** Parks a conversation of henry's, with a request that Permit knows. */
    private void parked(String reason) {
        Principal henry = new Principal("henry");
        String id =
                server.runtime.open(henry, "echo", ThreadKind.CHAT, "a chat").id();
        server.runtime.send(henry, id, "the menu, please");
        await().until(() -> server.runtime.thread(henry, id).status() == ThreadStatus.PARKED);
        String request =
                String.valueOf(server.runtime.approvals(henry, id).get(0).requestId());
        server.permit.filed(request, RequestKind.ACCESS, "henry", reason);
    }

    @Test
    void cardsAreShownOldestFirst_inPages() {
        for (int i = 100; i < 215; i++) {
            server.permit.filed("r" + i, RequestKind.ACCESS, "henry");
        }
        PlainBrowser joe = PlainBrowser.of(server, "joe");
        String page = joe.get("/inbox").body();
        assertThat(page)
                .contains("115 wait for you")
                .contains("Show 50 more <small>of 65</small>")
                .contains("henry asks for access to Fancy French as child-can-view");
        assertThat(count(page, "class=\"card\"")).isEqualTo(50);
        String second = joe.get("/inbox/more?at=0&id=r149").body();
        assertThat(count(second, "class=\"card\"")).isEqualTo(50);
        assertThat(second).contains("id=\"g-r150\"").contains("Show 15 more").doesNotContain("id=\"g-r149\"");
        assertThat(joe.get("/inbox/more?at=0&id=r199").body())
                .contains("g-r214")
                .doesNotContain("id=\"more\"");
        assertThat(PlainBrowser.of(server, "rose").get("/inbox").body()).contains("Nothing waits");
    }

    @Test
    void aThousandThatWait_areAllReached_andDecidedInPartsOfFifty() {
        for (int i = 1000; i < 2000; i++) {
            server.permit.filed("r" + i, i % 2 == 0 ? RequestKind.ACCESS : RequestKind.OPERATION, "henry");
        }
        PlainBrowser joe = PlainBrowser.of(server, "joe");
        Set<String> seen = new TreeSet<>();
        String part = joe.get("/inbox").body();
        for (int pages = 1; pages <= 20; pages++) {
            Matcher cards =
                    Pattern.compile("<li id=\"g-(r\\d{4})\" class=\"card\"").matcher(part);
            while (cards.find()) {
                seen.add(cards.group(1));
            }
            part = joe.get("/inbox/more?at=0&id=r" + (999 + 50 * pages)).body();
        }
        assertThat(seen).hasSize(1000).contains("r1000", "r1999");
        String ids = String.join(" ", List.copyOf(seen).subList(950, 1000));
        assertThat(joe.act("/inbox/decisions", "decision", "approve", "id", ids).body())
                .contains("50 approved");
        assertThat(joe.get("/inbox").body()).contains("950 wait for you");
    }

    @Test
    void whatThePageKnowsOfItsCards_isReadTogether() {
        for (int i = 0; i < 60; i++) {
            parked("wish " + i);
        }
        for (int i = 0; i < 3; i++) {
            parked("the same wish");
        }
        PlainBrowser joe = PlainBrowser.of(server, "joe");
        server.runtime.lookedUpTogether.clear();
        String page = joe.get("/inbox").body();
        assertThat(page).contains("61 wait for you").contains("agent echo");
        Matcher next = Pattern.compile("hx-get=\"(/inbox/more[^\"]+)\"").matcher(page);
        assertThat(next.find()).isTrue();
        String rest = joe.get(next.group(1).replace("&amp;", "&")).body();
        assertThat(page + rest).contains("3 times the same");
        // The arguments of the three that look alike, then the cards of either part; nothing card by card.
        assertThat(server.runtime.lookedUpTogether).containsExactly(3, 50, 11);
        assertThat(server.get("joe", "/api/approvals/review").statusCode()).isEqualTo(200);
        assertThat(server.runtime.lookedUpTogether).containsExactly(3, 50, 11, 63);
        assertThat(server.runtime.lookedUpAlone).isEmpty();
    }

    @Test
    void aCardTellsTheRiskThatIsStated_andThatNoneIs() {
        parked("a wish");
        PlainBrowser joe = PlainBrowser.of(server, "joe");
        assertThat(joe.get("/inbox").body())
                .contains("<span class=\"pill bad\">high risk</span>")
                .contains("shows &lt;b&gt;all&lt;/b&gt; there is");
        assertThat(server.get("joe", "/api/approvals/review").body()).contains("\"risk\":\"high\"");
        server.permit.filed("foreign", RequestKind.ACCESS, "henry");
        assertThat(joe.get("/inbox").body()).contains("risk not stated").doesNotContain("low risk");
        assertThat(server.get("joe", "/api/approvals/review").body()).contains("\"risk\":null");
    }

    @Test
    void manyAreDecidedAtOnce_eachWithItsOwnOutcome() {
        server.permit.filed("a1", RequestKind.ACCESS, "henry");
        server.permit.filed("a2", RequestKind.OPERATION, "henry");
        server.permit.filed("mine", RequestKind.ACCESS, "joe");
        PlainBrowser joe = PlainBrowser.of(server, "joe");
        HttpResponse<String> answer =
                joe.act("/inbox/decisions", "decision", "approve", "id", "a1", "id", "a2", "id", "mine", "id", "gone");
        assertThat(answer.headers().firstValue("X-Patch")).isPresent();
        assertThat(answer.body())
                .contains("id=\"g-a1\"")
                .contains("id=\"g-a2\"")
                .contains("Approved by you")
                .contains("2 approved, 2 not")
                .contains("CS-714")
                .contains("CS-717");
        assertThat(server.permit.request("a2").status()).isEqualTo(RequestStatus.APPROVED);
        assertThat(server.permit.request("mine").status()).isEqualTo(RequestStatus.PENDING);
        assertThat(joe.act("/inbox/decisions", "decision", "approve", "id", "a1")
                        .body())
                .contains("0 approved, 1 not");
    }

    @Test
    void aDenialHasAReason_andTheReasonIsText() {
        server.permit.filed("a1", RequestKind.ACCESS, "henry");
        PlainBrowser joe = PlainBrowser.of(server, "joe");
        assertThat(joe.act("/inbox/decisions", "decision", "deny", "id", "a1").statusCode())
                .isEqualTo(400);
        assertThat(joe.act("/inbox/decisions", "decision", "perhaps", "id", "a1")
                        .statusCode())
                .isEqualTo(400);
        assertThat(joe.act("/inbox/decisions", "decision", "approve").statusCode())
                .isEqualTo(400);
        String denied = joe.act(
                        "/inbox/decisions", "decision", "deny", "id", "a1", "comment", "<img src=x onerror=alert(1)>")
                .body();
        assertThat(denied).contains("Denied by you").contains("&lt;img src=x").doesNotContain("<img");
        assertThat(server.permit.request("a1").reviewerComment()).isEqualTo("<img src=x onerror=alert(1)>");
    }

    @Test
    void promise7_aRequesterDecidesNothing_andNoFormCountsWithoutItsToken() {
        server.permit.filed("a1", RequestKind.ACCESS, "henry");
        assertThat(PlainBrowser.of(server, "rose")
                        .act("/inbox/decisions", "decision", "approve", "id", "a1")
                        .body())
                .contains("0 approved, 1 not");
        PlainBrowser joe = PlainBrowser.of(server, "joe");
        assertThat(joe.post("/inbox/decisions", "decision", "approve", "id", "a1")
                        .statusCode())
                .isEqualTo(403);
        assertThat(server.permit.request("a1").status()).isEqualTo(RequestStatus.PENDING);
        assertThat(PlainBrowser.of(server, "rose").get("/inbox/a1/context").body())
                .contains("Nothing was said");
    }

    @Test
    void aDeadlineIsMoved() {
        server.permit.filed("a1", RequestKind.ACCESS, "henry");
        PlainBrowser joe = PlainBrowser.of(server, "joe");
        assertThat(joe.act("/inbox/extension", "id", "a1", "by", "1d").statusCode())
                .isEqualTo(200);
        assertThat(server.runtime.extensions).containsExactly("joe a1 PT24H");
        assertThat(joe.act("/inbox/extension", "id", "a1", "by", "soon").statusCode())
                .isEqualTo(400);
        assertThat(joe.get("/inbox/history").body()).contains("Nothing yet");
    }
}
