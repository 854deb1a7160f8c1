package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import dev.countersign.server.ServerFixture;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
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
        return page.split(java.util.regex.Pattern.quote(part), -1).length - 1;
    }

    @Test
    void cardsAreShownOldestFirst_inPages() {
        for (int i = 100; i < 145; i++) {
            server.permit.filed("r" + i, RequestKind.ACCESS, "henry");
        }
        PlainBrowser joe = PlainBrowser.of(server, "joe");
        String page = joe.get("/inbox").body();
        assertThat(page)
                .contains("45 wait for you")
                .contains("henry asks for access to Fancy French as child-can-view");
        assertThat(count(page, "class=\"card\"")).isEqualTo(20);
        String second = joe.get("/inbox/more?at=0&id=r119").body();
        assertThat(count(second, "class=\"card\"")).isEqualTo(20);
        assertThat(second).contains("id=\"g-r120\"").doesNotContain("id=\"g-r119\"");
        assertThat(joe.get("/inbox/more?at=0&id=r139").body())
                .contains("g-r144")
                .doesNotContain("Show more");
        assertThat(PlainBrowser.of(server, "rose").get("/inbox").body()).contains("Nothing waits");
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
