package dev.countersign.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Digest;
import dev.countersign.core.Json;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.graph.AgentRuntime.EffectView;
import dev.countersign.permit.RequestKind;
import dev.countersign.server.ServerFixture;
import dev.countersign.server.StepSamples;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps, jobs, what needs attention and figures, as a browser gets them. */
@Tag("store")
final class LookingPagesTest {
    private static final String HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";
    private static final Principal HENRY = new Principal("henry");

    private ServerFixture server;
    private PlainBrowser henry;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder);
        henry = PlainBrowser.of(server, "henry");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String conversation(int steps) {
        for (int seq = 1; seq <= steps; seq++) {
            server.history.steps.add(StepSamples.everything(seq));
        }
        return server.runtime.open(HENRY, "echo", ThreadKind.CHAT, HOSTILE).id();
    }

    private static String location(HttpResponse<?> response) {
        assertThat(response.statusCode()).isEqualTo(303);
        return response.headers().firstValue("Location").orElseThrow();
    }

    private static void isHarmless(HttpResponse<String> page) {
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .doesNotContain("<script>alert")
                .doesNotContain("<img src=x")
                .contains("&lt;script&gt;alert(1)");
    }

    @Test
    void aConversationIsWalkedThrough_stepByStep_eachWithAnAddress() {
        String base = "/threads/" + conversation(60) + "/history";

        HttpResponse<String> newest = henry.get(base);
        isHarmless(newest);
        assertThat(newest.body())
                .contains("Step 60", "href=\"" + base + "/59\"", "href=\"" + base + "/50\"", "60 steps")
                .doesNotContain("href=\"" + base + "/61\"")
                .doesNotContain("href=\"" + base + "/25\"");
        HttpResponse<String> middle = henry.get(base + "/30");
        isHarmless(middle);
        assertThat(middle.body())
                .contains(
                        "Step 30", "id=\"step-before\"", "id=\"step-after\"", base + "/26", base + "/51", base + "/25")
                .contains("class=\"node now\"", "order_dish", "plan.items");
        assertThat(henry.get(base + "/1").body()).contains("Step 1 ").doesNotContain("id=\"step-before\"");
        for (String none : List.of("/0", "/61", "/x", "/-1", "/99999999999999999999")) {
            assertThat(henry.get(base + none).statusCode()).as(none).isEqualTo(404);
        }
    }

    @Test
    void aConversationWithoutSteps_saysSo() {
        assertThat(henry.get("/threads/" + conversation(0) + "/history").body()).contains("No steps yet");
    }

    @Test
    void anExportIsTheWholeConversation_asJson() {
        String id = conversation(230);

        HttpResponse<String> export = henry.get("/threads/" + id + "/history.json");

        assertThat(export.headers().firstValue("Content-Disposition"))
                .contains("attachment; filename=\"countersign-" + id + ".json\"");
        JsonNode whole = Json.read(export.body());
        assertThat(whole.path("thread").path("id").asText()).isEqualTo(id);
        assertThat(whole.path("steps")).hasSize(230);
        assertThat(whole.path("steps").path(0).path("seq").asInt()).isEqualTo(1);
        assertThat(whole.path("steps").path(229).path("seq").asInt()).isEqualTo(230);
    }

    @Test
    void promise7_whoMayNotSeeAConversation_seesNothingOfItHereEither() {
        String base = "/threads/" + conversation(2) + "/history";
        PlainBrowser rose = PlainBrowser.of(server, "rose");
        for (String path : List.of(base, base + "/1", base + ".json")) {
            assertThat(rose.get(path).statusCode()).as(path).isEqualTo(404);
            assertThat(new PlainBrowser(server).get(path).statusCode()).as(path).isEqualTo(303);
        }
        server.permit.holds("rose", "auditor", null);
        assertThat(rose.get(base).body()).contains("henry's");
        assertThat(rose.get(base + ".json").statusCode()).isEqualTo(200);
    }

    @Test
    void aJobIsSubmittedOnce_listed_shownAndCanceled() {
        String key = PlainBrowser.token(henry.get("/jobs").body());
        assertThat(henry.get("/jobs").body()).contains("No jobs yet", "name=\"key\"");
        String job = location(henry.post("/jobs", "csrf", key, "key", "k1", "agent", "echo", "goal", HOSTILE));
        assertThat(location(henry.post("/jobs", "csrf", key, "key", "k1", "agent", "echo", "goal", HOSTILE)))
                .isEqualTo(job);
        String id = job.substring("/jobs/".length());
        await().until(() -> server.runtime.thread(HENRY, id).status() == ThreadStatus.DONE);

        isHarmless(henry.get("/jobs"));
        isHarmless(henry.get(job));
        assertThat(henry.get(job).body()).contains("What came of it").doesNotContain("id=\"job-cancel\"");
        String waiting = location(henry.post("/jobs", "csrf", key, "key", "k2", "goal", "the menu"));
        await().until(() -> server.runtime
                        .thread(HENRY, waiting.substring("/jobs/".length()))
                        .status()
                == ThreadStatus.PARKED);
        assertThat(henry.get(waiting).body()).contains("Waits for", "id=\"job-cancel\"", "every 3s");
        assertThat(location(henry.post(waiting + "/cancel", "csrf", key))).isEqualTo(waiting);
        assertThat(server.runtime
                        .thread(HENRY, waiting.substring("/jobs/".length()))
                        .status())
                .isEqualTo(ThreadStatus.CANCELED);
        assertThat(henry.post("/jobs", "csrf", key, "goal", "  ").statusCode()).isEqualTo(400);
        assertThat(henry.post("/jobs", "csrf", "x", "goal", "by a foreign form").statusCode())
                .isEqualTo(403);
        PlainBrowser joe = PlainBrowser.of(server, "joe");
        assertThat(joe.get(job).statusCode()).isEqualTo(404);
        assertThat(joe.act(waiting + "/cancel").statusCode()).isEqualTo(404);
    }

    @Test
    void jobsComeInPages() {
        for (int i = 0; i < 25; i++) {
            server.clock.advance(Duration.ofSeconds(1));
            server.runtime.open(HENRY, "echo", ThreadKind.JOB, "job number " + i + ".");
        }
        String first = henry.get("/jobs").body();
        assertThat(first).contains("job number 24.", "job number 5.").doesNotContain("job number 4.");
        int at = first.indexOf("/jobs?after=");
        String older = henry.get(first.substring(at, first.indexOf('"', at))).body();
        assertThat(older).contains("job number 4.", "job number 0.").doesNotContain("job number 5.", "name=\"goal\"");
        assertThat(henry.get("/jobs?after=nonsense").statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsHeld_isShownToItsOwnerWithTheReason_untilItGoesOn() {
        String held =
                server.runtime.open(HENRY, "echo", ThreadKind.CHAT, HOSTILE).id();
        String other = server.runtime
                .open(new Principal("joe"), "echo", ThreadKind.CHAT, "of joe's")
                .id();
        server.runtime.hold(HENRY, held, "its agent as it was (" + HOSTILE + ")");
        server.runtime.hold(new Principal("joe"), other, "its agent as it was");
        HttpResponse<String> page = henry.get("/attention");
        isHarmless(page);
        assertThat(page.body())
                .contains("id=\"held-" + held + "\"", "/threads/" + held + "/history", "its agent as it was (")
                .doesNotContain("Nothing needs you", other, "It happened");
        server.runtime.cancel(HENRY, held);
        assertThat(henry.get("/attention").body()).contains("Nothing needs you").doesNotContain(held);
    }

    @Test
    void promise4_whatNeedsAttentionIsShownWithItsEvidence_andTakesOneOfThreeAnswers() {
        assertThat(henry.get("/attention").body()).contains("Nothing needs you");
        String id = "ab12cd34".repeat(8);
        server.runtime.effects.add(new EffectView(
                id,
                "thread-1",
                "echo",
                HOSTILE,
                "unknown",
                HOSTILE,
                Json.object().put("name", HOSTILE),
                2,
                HOSTILE,
                server.clock.instant(),
                server.clock.instant(),
                null));
        HttpResponse<String> page = henry.get("/attention");
        isHarmless(page);
        assertThat(page.body()).contains("2 times", id, "It happened", "It did not happen", "Send it again");
        String token = PlainBrowser.token(page.body());
        for (String answer : List.of("happened", "did-not", "retried")) {
            assertThat(location(henry.post("/attention/" + id, "csrf", token, "answer", answer)))
                    .isEqualTo("/attention?noted=" + answer);
            assertThat(henry.get("/attention?noted=" + answer).body()).contains("Noted.");
        }
        assertThat(server.runtime.answers)
                .containsExactly("henry CONFIRM " + id, "henry REFUTE " + id, "henry RETRY " + id);
        assertThat(henry.post("/attention/" + id, "csrf", token, "answer", "maybe")
                        .statusCode())
                .isEqualTo(400);
        assertThat(henry.post("/attention/" + id, "answer", "happened").statusCode())
                .isEqualTo(403);
        assertThat(server.runtime.answers).hasSize(3);
    }

    @Test
    void figuresAreForAuditors_andEachPictureIsATableToo() {
        assertThat(henry.get("/figures").statusCode()).isEqualTo(403);
        server.permit.holds("henry", "auditor", null);
        assertThat(henry.get("/figures").body()).contains("Nobody has decided anything so far.", "Nothing so far.");
        decided("APPROVED", Duration.ofMinutes(5));
        decided("SPENT", Duration.ofHours(2));
        decided("DENIED", Duration.ofMinutes(30));

        String page = henry.get("/figures").body();

        assertThat(page)
                .contains("Decided in 14 days</dt><dd>3</dd>", "Half within</dt><dd>30 min</dd>")
                .contains("67 %", "<th scope=\"row\">&lt;script&gt;joe</th>")
                .contains("<th scope=\"row\">22 Nov</th><td>2</td><td>1</td>");
        assertThat(page).doesNotContain("<script>joe");
    }

    @Test
    void decisionsAreCountedByTheReadersDays() {
        server.permit.holds("henry", "auditor", null);
        server.clock.advance(Duration.ofHours(11)); // 23:00 UTC, and the day after in Berlin
        decided("APPROVED", Duration.ofMinutes(5));
        assertThat(henry.get("/figures").body())
                .contains("in UTC", "<th scope=\"row\">22 Nov</th><td>1</td>")
                .doesNotContain("23 Nov");
        henry.cookies.put(Zones.COOKIE, "Europe/Berlin");
        assertThat(henry.get("/figures").body())
                .contains("in Europe/Berlin", "<th scope=\"row\">23 Nov</th><td>1</td>");
        for (String none : List.of("<script>", "Europe/Nowhere", "x".repeat(65))) {
            assertThat(Zones.of(none)).isEqualTo(ZoneOffset.UTC);
        }
    }

    @Test
    void whatWasAskedFor_leadsToTheStepThatAsked_andBack() {
        String id =
                server.runtime.open(HENRY, "echo", ThreadKind.CHAT, "a chat").id();
        server.runtime.send(HENRY, id, "the menu, please");
        await().until(() -> server.runtime.thread(HENRY, id).status() == ThreadStatus.PARKED);
        ApprovalView approval = server.runtime.approvals(HENRY, id).get(0);
        for (long seq = 1; seq <= 40; seq++) {
            // The asking step and its neighbours are of one moment.
            Instant at = approval.createdAt().plusSeconds(seq < 18 ? seq - 20 : seq > 22 ? seq : 0);
            server.history.steps.add(StepSamples.asking(seq, at, seq == 21 ? approval.id() : "another"));
        }
        assertThat(henry.get("/chat/" + id).body())
                .contains("href=\"/threads/" + id + "/asked/" + approval.id() + "\"")
                .contains("href=\"/threads/" + id + "/history\"");
        assertThat(henry.get("/threads/" + id + "/asked/" + approval.id())
                        .headers()
                        .firstValue("Location"))
                .contains("/threads/" + id + "/history/21");
        assertThat(henry.get("/threads/" + id + "/asked/another").headers().firstValue("Location"))
                .contains("/threads/" + id + "/history");
        assertThat(henry.get("/threads/" + id + "/history/21").body())
                .contains("href=\"/chat/" + id + "#ap-" + approval.id() + "\"");
        PlainBrowser joe = PlainBrowser.of(server, "joe");
        assertThat(joe.get("/threads/" + id + "/asked/" + approval.id()).statusCode())
                .isEqualTo(404);
    }

    @Test
    void promise7_aCardLeadsToTheConversation_onlyForWhoMaySeeIt() {
        String id =
                server.runtime.open(HENRY, "echo", ThreadKind.CHAT, "a chat").id();
        server.runtime.send(HENRY, id, "the menu, please");
        await().until(() -> server.runtime.thread(HENRY, id).status() == ThreadStatus.PARKED);
        ApprovalView approval = server.runtime.approvals(HENRY, id).get(0);
        String request = String.valueOf(approval.requestId());
        server.permit.filed(request, RequestKind.ACCESS, "henry");
        server.history.steps.add(StepSamples.asking(1, approval.createdAt(), approval.id()));
        PlainBrowser joe = PlainBrowser.of(server, "joe");
        assertThat(joe.get("/inbox").body()).contains("id=\"g-" + request).doesNotContain("/threads/");
        server.permit.holds("joe", "auditor", null);
        assertThat(joe.get("/inbox").body()).contains("/threads/" + id + "/asked/" + approval.id());
        assertThat(joe.get("/threads/" + id + "/history/1").body()).contains("href=\"/inbox#g-" + request + "\"");
    }

    private int rows;

    private void decided(String state, Duration took) {
        long now = server.clock.millis();
        server.database.useTransaction(tx -> tx.createUpdate("""
                        INSERT INTO approval (id, thread_id, filing_key, reference, kind, state, version, requester, agent, tool,
                            argument_digest, body, reviewer, created_at, deadline, next_check, decided_at)
                        VALUES (:id, 't', :key, 'r', 'ACCESS', :state, 0, 'henry', 'a', 'x', :key, :body, '<script>joe', :asked, 0, 0,
                            :decided)
                        """)
                .bind("id", "row-" + ++rows)
                .bind("key", Digest.bytes(Digest.of("row-" + rows)))
                .bind("state", state)
                .bind("body", new byte[] {1})
                .bind("asked", now - took.toMillis())
                .bind("decided", now)
                .execute());
    }
}
