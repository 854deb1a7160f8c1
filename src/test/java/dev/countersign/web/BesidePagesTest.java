package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.core.Principal;
import dev.countersign.replay.Fixture;
import dev.countersign.replay.Recording;
import dev.countersign.replay.Step;
import dev.countersign.server.ServerFixture;
import dev.countersign.server.StepSamples;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forks, comparisons and replays, as a browser gets them. */
@Tag("store")
final class BesidePagesTest {
    private static final Path KEPT = Path.of("src/test/resources/replay/1/family-access-denied.json");
    private static final Principal HENRY = new Principal("henry");

    private ServerFixture server;
    private PlainBrowser henry;
    private String one = "";
    private String other = "";

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder);
        henry = PlainBrowser.of(server, "henry");
        server.history.steps.add(StepSamples.everything(1));
        one = said("what is there?", "hello <script>alert(1)</script>");
        other = said("what is there?", "good night");
        server.history.fork = other;
    }

    private String said(String... texts) {
        String id = server.runtime
                .open(HENRY, "echo", ThreadKind.CHAT, "<b>" + texts[1])
                .id();
        for (String text : texts) {
            server.runtime.send(HENRY, id, text);
            await().until(() -> server.runtime.thread(HENRY, id).status() == ThreadStatus.IDLE);
        }
        return id;
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aConversationIsSeenAmongItsForks_eachWithTheWayToCompareThem() {
        String page = henry.get("/threads/" + one + "/history").body();
        assertThat(page).contains("href=\"/threads/" + one + "/forks\"");
        String forks = henry.get("/threads/" + one + "/forks").body();
        assertThat(forks)
                .contains("/threads/" + one + "/diff/" + other, "/threads/" + other + "/history", "taken at step 3")
                .doesNotContain("<script>alert")
                .doesNotContain("<b>hello");
    }

    @Test
    void twoConversationsStandBesideEachOther_andNothingOfThemIsMarkup() {
        HttpResponse<String> page = henry.get("/threads/" + one + "/diff/" + other);
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .contains(
                        "hello &lt;script&gt;alert(1)",
                        "good night",
                        "data-difference=\"yes\"",
                        "4 messages are the same")
                .contains("/threads/" + other + "/diff/" + one)
                .doesNotContain("<script>alert");
        assertThat(henry.get("/threads/" + one + "/diff/" + one).body()).contains("No difference");
    }

    @Test
    void promise7_whoMayNotSeeBoth_seesNeither() {
        String joes = server.runtime
                .open(new Principal("joe"), "echo", ThreadKind.CHAT, "secret plans")
                .id();
        PlainBrowser rose = PlainBrowser.of(server, "rose");
        for (String path : List.of("/forks", "/diff/" + other, "/diff/" + joes)) {
            assertThat(rose.get("/threads/" + one + path).statusCode()).as(path).isEqualTo(404);
        }
        assertThat(henry.get("/threads/" + one + "/diff/" + joes).statusCode()).isEqualTo(404);
        assertThat(henry.get("/threads/" + joes + "/diff/" + one).statusCode()).isEqualTo(404);
        assertThat(rose.act("/threads/" + one + "/replay").statusCode()).isEqualTo(404);
        server.permit.holds("rose", "auditor", null);
        assertThat(rose.get("/threads/" + one + "/diff/" + joes).body()).contains("secret plans");
    }

    @Test
    void promise12_aReplayTellsThatItCameToTheSame_orWhereNot() throws IOException {
        server.history.recorded = elsewhere(Fixture.read(KEPT).recording());
        HttpResponse<String> different = henry.act("/threads/" + one + "/replay");
        assertThat(different.statusCode()).isEqualTo(200);
        assertThat(different.body())
                .contains("It came to something else at step 2", "next node", "Expected by the record", "Got now")
                .contains("/threads/" + one + "/history/2\"");
        server.history.recorded = null;
        assertThat(henry.act("/threads/" + one + "/replay").body()).contains("It came to the same");
        assertThat(henry.post("/threads/" + one + "/replay", "csrf", "x").statusCode())
                .isEqualTo(403);
        assertThat(henry.get("/threads/" + one + "/replay").statusCode()).isEqualTo(405);
        List<Step> many = new ArrayList<>();
        for (int seq = 1; seq <= 2_001; seq++) {
            many.add(StepSamples.everything(seq));
        }
        server.history.steps.clear();
        server.history.steps.addAll(many);
        assertThat(henry.act("/threads/" + one + "/replay").statusCode()).isEqualTo(422);
    }

    /** The recording of a graph that went another way after its second step. */
    static Recording elsewhere(Recording recording) {
        List<Recording.Stride> steps = new ArrayList<>(recording.steps());
        Recording.Stride second = steps.get(1);
        steps.set(
                1,
                new Recording.Stride(
                        second.id(),
                        second.node(),
                        "reply",
                        second.at(),
                        second.seen(),
                        second.state(),
                        second.messages()));
        return new Recording(
                recording.thread(), recording.settings(), recording.events(), recording.approvals(), steps);
    }
}
