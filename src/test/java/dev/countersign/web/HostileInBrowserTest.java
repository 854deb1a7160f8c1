package dev.countersign.web;

import com.microsoft.playwright.Page;
import dev.countersign.core.Json;
import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.graph.AgentRuntime.Call;
import dev.countersign.graph.AgentRuntime.EffectView;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import dev.countersign.replay.Change;
import dev.countersign.replay.Step;
import dev.countersign.server.ServerFixture;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every hostile text in every place where a person, a model or a tool may write: each page shows it as text. A place is told by the
 * word before the text. That no window opened and the policy had nothing to forbid is looked at when somebody leaves.
 */
@Tag("store")
final class HostileInBrowserTest extends InBrowser {
    private static final int COUNT = Hostile.TEXTS.size();
    private static final String CHAT = "chat-10";
    private static final String JOB = "job-10";

    @SuppressWarnings("NullAway.Init")
    private static ServerFixture server;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder);
        for (int i = 0; i < COUNT; i++) {
            thread("chat-" + (10 + i), ThreadKind.CHAT, said("title", i));
            thread("job-" + (10 + i), ThreadKind.JOB, said("goal", i));
            wish(i);
            doubt(i);
        }
        server.history.steps.add(step());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    String base() {
        return server.url("").toString();
    }

    private static String said(String place, int i) {
        return place + i + " " + Hostile.TEXTS.get(i);
    }

    private static List<String> all(String place) {
        return each(i -> said(place, i));
    }

    private static <T> List<T> each(IntFunction<T> made) {
        return IntStream.range(0, COUNT).mapToObj(made).toList();
    }

    private static void thread(String id, ThreadKind kind, String title) {
        boolean whole = id.equals(CHAT) || id.equals(JOB);
        List<Entry> entries = whole ? entries() : List.of();
        server.runtime.put(
                new ThreadView(
                        id,
                        "henry",
                        "echo",
                        kind,
                        kind == ThreadKind.JOB ? ThreadStatus.DONE : ThreadStatus.PARKED,
                        title,
                        entries.size(),
                        COUNT,
                        String.join("\n", all("result")),
                        title,
                        server.clock.instant(),
                        server.clock.instant()),
                entries,
                whole ? each(i -> approval(id, i, null)) : List.of());
    }

    /** What was said, called and answered. */
    private static List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            String arguments = Json.write(Json.object().put("dish", said("argument", i)));
            Call call = new Call("c" + i, "order_dish", arguments);
            entries.add(entry(entries.size(), "user", said("wish", i), null, List.of()));
            entries.add(entry(entries.size(), "assistant", said("answer", i), null, List.of(call)));
            entries.add(entry(entries.size(), "tool", said("told", i), "order_dish", List.of()));
        }
        return entries;
    }

    private static Entry entry(int before, String role, String text, @Nullable String tool, List<Call> calls) {
        return new Entry(before + 1L, role, text, tool, calls, server.clock.instant());
    }

    private static ApprovalView approval(String thread, int i, @Nullable String request) {
        return new ApprovalView(
                thread + "-approval-" + i,
                thread,
                request,
                "operation",
                request == null ? "denied" : "pending",
                "henry",
                said("agent", i),
                said("tool", i),
                Json.object().put("dish", said("argument", i)),
                said("reason", i),
                "3",
                said("operation", i),
                request == null ? "joe" : null,
                request == null ? said("comment", i) : null,
                server.clock.instant(),
                server.clock.instant().plusSeconds(86_400),
                request == null ? server.clock.instant() : null);
    }

    /** A request of somebody with such a name, filed by an agent. */
    private static void wish(int i) {
        server.permit.called("guest-" + i, said("name", i));
        String id = "w" + (10 + i);
        server.permit.filed(new PermitRequest(
                id,
                RequestKind.OPERATION,
                RequestStatus.PENDING,
                "uuid-guest-" + i,
                null,
                "3",
                null,
                said("operation", i),
                null,
                said("reason", i),
                null,
                null,
                server.clock.instant(),
                null));
        server.runtime.put(
                new ThreadView(
                        "asking-" + i,
                        "jane",
                        "echo",
                        ThreadKind.CHAT,
                        ThreadStatus.PARKED,
                        "asks",
                        0,
                        0,
                        null,
                        null,
                        server.clock.instant(),
                        server.clock.instant()),
                List.of(),
                List.of(approval("asking-" + i, i, id)));
    }

    private static void doubt(int i) {
        server.runtime.effects.add(new EffectView(
                ("%02d".formatted(i) + "ab").repeat(16),
                CHAT,
                said("agent", i),
                said("title", i),
                "unknown",
                said("tool", i),
                Json.object().put("dish", said("argument", i)),
                1,
                said("evidence", i),
                server.clock.instant(),
                server.clock.instant(),
                null));
    }

    private static Step step() {
        return new Step(
                "step-1",
                1,
                null,
                "tools",
                "model",
                server.clock.instant(),
                "print",
                2,
                new Step.Consumed(1, "decision", "approval-1", server.clock.instant()),
                each(i -> new Change(
                        said("path", i),
                        Change.Kind.CHANGED,
                        Json.mapper().valueToTree(said("before", i)),
                        Json.mapper().valueToTree(said("after", i)))),
                entries(),
                each(i -> new Step.Called("c" + i, said("tool", i), said("argument", i), "refused", null)),
                each(i -> new Step.Touched(
                        "approval-" + i,
                        "settled",
                        "denied",
                        "operation",
                        "order_dish",
                        "3",
                        said("operation", i),
                        "request-" + i,
                        said("reviewer", i),
                        said("comment", i),
                        server.clock.instant())));
    }

    private static void shows(Page page, String path, String... places) {
        page.navigate(path);
        stillShows(page, places);
    }

    private static void stillShows(Page page, String... places) {
        for (String place : places) {
            Shows.all(page, all(place));
        }
    }

    @Test
    void whatARequesterLooksAt_showsItAsText() {
        Page page = person("henry").page;
        page.navigate("/chat/" + CHAT);
        page.click("text=Show what came before");
        sees(page.locator("#log"), "wish0 ");
        stillShows(page, "title", "wish", "answer", "told", "argument", "reason", "operation", "comment");
        shows(page, "/threads/" + CHAT + "/history", "path", "before", "after", "wish", "answer", "told", "argument");
        stillShows(page, "tool", "operation", "reviewer", "comment");
        shows(page, "/attention", "agent", "title", "tool", "argument", "evidence");
        shows(page, "/jobs/" + JOB, "result");
        // The latest of what a job asked for, and the newest jobs.
        Shows.all(page, all("operation").subList(COUNT - 20, COUNT));
        Shows.all(page, all("comment").subList(COUNT - 20, COUNT));
        page.navigate("/jobs");
        Shows.all(page, all("goal").subList(COUNT - 20, COUNT));
    }

    @Test
    void whatAReviewerLooksAt_showsItAsText() {
        Page page = person("joe").page;
        page.navigate("/inbox");
        sees(page.locator("#pending"), said("name", COUNT - 1).substring(0, 7));
        stillShows(page, "name", "operation", "reason", "agent", "tool", "argument");
        page.locator("#pending .card [data-deny]").first().click();
        String comment = String.join("\n", all("no")).substring(0, 1_500);
        page.fill("#comment", comment);
        page.click("#deny button[type=submit]");
        sees(page.locator("#pending .settled"), "no9 ");
        Shows.all(page, List.of(comment));
        shows(page, "/inbox/history", "operation", "comment");
    }
}
