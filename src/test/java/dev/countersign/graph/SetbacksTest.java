package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.core.Json;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.mcpserver.FakePermit;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.Lease;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.ToolOutcome;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not there when it is needed, and answers nobody should give: nothing is lost, nothing happens twice. */
@Tag("store")
final class SetbacksTest {
    private static final String ACCESS =
            "call create_access_request {\"resource_instance\":\"%s\",\"role\":\"child-can-view\",\"reason\":\"r\"}";
    private static final String DROP = "call drop_thing {\"name\":\"x\"}";

    @TempDir
    Path folder;

    private ScriptedModel model = ScriptedModel.obedient();

    @SuppressWarnings("NullAway.Init")
    private World world;

    private String chat = "";

    @BeforeEach
    void open() {
        model = ScriptedModel.obedient();
        world = new World(folder, model);
        chat = world.chat(HENRY);
    }

    @AfterEach
    void close() {
        world.close();
    }

    private void startAgain() {
        world = new World(folder, model, world.permit, world.clock);
        var unused = world.runtime.listen(HENRY, chat, world.news::add);
    }

    private String requestId(int index) {
        return Objects.requireNonNull(world.approval(HENRY, chat, index).requestId());
    }

    private void fileAccess() {
        world.say(HENRY, chat, ACCESS.formatted("3"));
    }

    private String lastText() {
        return world.lastText(HENRY, chat);
    }

    @Test
    void aWithdrawalWhilePermitIsDownIsToldAsPending_andWorksLater() {
        fileAccess();
        world.permit.down = true;
        long ended = world.ended();
        world.runtime.cancel(HENRY, chat);
        await().atMost(World.PATIENCE).until(() -> world.ended() > ended);
        assertThat(world.runtime.thread(HENRY, chat).status()).isEqualTo(ThreadStatus.PARKED);
        assertThat(lastText()).contains("\"status\":\"pending\"");
        world.permit.down = false;
        world.runtime.cancel(HENRY, chat);
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(world.approval(HENRY, chat, 0).state()).isEqualTo("canceled");
    }

    @Test
    void anApprovalIsNotLostWhenPermitIsAwayJustWhenItIsSpent() {
        world.say(HENRY, chat, DROP);
        world.permit.insteadOfNextUnassign = FakePermit.unreachable();
        world.permit.approve(RequestKind.OPERATION, requestId(0), "joe", null);
        world.runtime.wake();
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(world.tools.count("drop_thing")).isEqualTo(1);
        assertThat(lastText()).contains("dropped");
    }

    @Test
    void anApprovalIsNotSpentWhileTheToolsServerIsAway() {
        world.say(HENRY, chat, DROP);
        world.tools.gone = true;
        world.permit.approve(RequestKind.OPERATION, requestId(0), "joe", null);
        world.runtime.wake();
        await().atMost(World.PATIENCE)
                .until(() -> !world.approval(HENRY, chat, 0).state().equals("pending"));
        await().atMost(World.PATIENCE)
                .until(() -> world.ports.threads().get(chat).fence() > 1);
        assertThat(world.approval(HENRY, chat, 0).state()).isEqualTo("approved");
        world.tools.gone = false;
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(world.tools.count("drop_thing")).isEqualTo(1);
    }

    @Test
    void promise6_aDecisionEventForAnUndecidedApprovalHasNoEffect() {
        world.say(HENRY, chat, DROP);
        world.ports
                .threads()
                .accept(chat, EventKind.DECISION, world.approval(HENRY, chat, 0).id());
        world.say(HENRY, chat, "hello");
        assertThat(lastText()).isEqualTo("you said hello");
        assertThat(world.runtime.thread(HENRY, chat).status()).isEqualTo(ThreadStatus.PARKED);
        assertThat(world.tools.count("drop_thing")).isZero();
    }

    @Test
    void anApprovalThatCannotBeReadDoesNotHoldUpTheOthers() {
        fileAccess();
        String other = world.chat(HENRY);
        world.say(HENRY, other, DROP);
        world.database.useTransaction(
                tx -> tx.execute("UPDATE approval SET body = ? WHERE thread_id = ?", new byte[] {1, 2}, chat));
        String request = Objects.requireNonNull(world.approval(HENRY, other, 0).requestId());
        world.clock.advance(Duration.ofMinutes(1));
        world.permit.approve(RequestKind.OPERATION, request, "joe", null);
        world.runtime.wake();
        world.waitFor(HENRY, other, ThreadStatus.IDLE);
        assertThat(world.tools.count("drop_thing")).isEqualTo(1);
    }

    @Test
    void promise7_aRequestThatPermitDoesNotKnowExpires() {
        answerFilingsWith(FakePermit.uuid("nobody's"));
        fileAccess();
        assertThat(world.runtime.thread(HENRY, chat).status()).isEqualTo(ThreadStatus.PARKED);
        world.clock.advance(Duration.ofDays(8));
        world.runtime.wake();
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(world.approval(HENRY, chat, 0).state()).isEqualTo("expired");
    }

    @Test
    void aFilingAnsweredWithARequestOfAnotherConversationWaitsForNothing() {
        fileAccess();
        answerFilingsWith(requestId(0));
        String other = world.chat(HENRY);
        world.say(HENRY, other, ACCESS.formatted("3"));
        assertThat(world.runtime.thread(HENRY, other).status()).isEqualTo(ThreadStatus.IDLE);
        assertThat(world.lastText(HENRY, other)).contains("another conversation");
        assertThat(world.approval(HENRY, other, 0).state()).isEqualTo("failed");
        world.permit.approve(RequestKind.ACCESS, requestId(0), "joe", null);
        world.runtime.wake();
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(world.approval(HENRY, chat, 0).state()).isEqualTo("spent");
    }

    @Test
    void aFilingAnsweredWithAnOpenRequestOfThisConversationWaitsForThatOne() {
        fileAccess();
        answerFilingsWith(requestId(0));
        world.say(HENRY, chat, ACCESS.formatted("restaurants:3"));
        assertThat(lastText()).contains(requestId(0)).contains("asked for before");
        world.permit.approve(RequestKind.ACCESS, requestId(0), "joe", null);
        world.runtime.wake();
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
    }

    private void answerFilingsWith(String requestId) {
        world.tools.add(
                "create_access_request",
                false,
                List.of("resource_instance", "role", "reason"),
                call -> new ToolOutcome.Succeeded(Json.object()
                        .set("request", Json.object().put("id", requestId))
                        .toString()));
    }

    @Test
    void promise3_theSameWishWhileItsApprovalIsOnItsWayIsNotFiledAgain() {
        world.say(HENRY, chat, DROP);
        String request = requestId(0);
        world.runtime.close();
        world.ports.threads().accept(chat, EventKind.MESSAGE, DROP);
        world.permit.approve(RequestKind.OPERATION, request, "joe", null);
        world.ports.watcher().check(thread -> {});
        world.database.close();
        startAgain();
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(world.permit.count("file")).isEqualTo(1);
        assertThat(world.tools.count("drop_thing")).isEqualTo(1);
    }

    @Test
    void aThreadThatWasSetAsideIsTriedAgainAtTheNextStart_orWhereOthersMayRunWhenItsPauseIsOver() {
        world.runtime.close();
        world.ports.threads().accept(chat, EventKind.MESSAGE, "hello");
        Lease lease = world.ports.leases().take(chat).orElseThrow();
        assertThat(world.ports.leases().setAside(lease, ThreadStatus.NEEDS_ATTENTION, Duration.ofHours(1)))
                .isTrue();
        world.ports.leases().drop(lease);
        boolean othersMayRun = !world.database.isExclusive();
        world.database.close();
        if (othersMayRun) {
            world.clock.advance(Duration.ofHours(1).plusSeconds(1));
        }
        startAgain();
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(lastText()).isEqualTo("you said hello");
    }

    @Test
    void aModelThatSaysFarTooMuchIsCut_andTheThreadGoesOn() {
        String much = "x".repeat(2_000_000);
        world.close();
        model = new ScriptedModel(last -> last.toString().contains("words")
                ? AiMessage.from(much)
                : last instanceof UserMessage
                        ? ScriptedModel.calls("do_thing {\"name\":\"" + much + "\"}", "do_thing {\"name\":\"b\"}")
                        : AiMessage.from("done"));
        startAgain();
        world.say(HENRY, chat, "many words");
        assertThat(lastText()).startsWith("xxx").hasSizeLessThan(200_000);
        world.say(HENRY, chat, "act");
        assertThat(lastText()).isEqualTo("done");
        assertThat(world.tools.count("do_thing")).isEqualTo(1);
        assertThat(world.transcript(HENRY, chat)).extracting(Entry::text).anyMatch(text -> text.contains("bad_arg"));
    }

    @Test
    void promise13_anInstanceThatAModelMadeUpBreaksNothing_andCannotBeReadInTheFiles() throws IOException {
        world.say(HENRY, chat, ACCESS.formatted("walrus".repeat(60)));
        assertThat(world.runtime.thread(HENRY, chat).status()).isIn(ThreadStatus.IDLE, ThreadStatus.PARKED);
        world.close();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain("walrus");
            }
        }
        startAgain();
    }
}
