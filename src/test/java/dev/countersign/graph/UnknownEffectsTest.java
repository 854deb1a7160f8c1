package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static dev.countersign.graph.World.JOE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.countersign.core.Json;
import dev.countersign.graph.AgentRuntime.EffectView;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.log.LogRow;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.EffectJournal.Resolution;
import dev.countersign.tool.ToolInvocation;
import dev.countersign.tool.ToolOutcome;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An effect of which nobody knows waits for its owner's word, and does what that word says: once. */
@Tag("store")
final class UnknownEffectsTest {
    private static final String DO = "call do_thing {\"name\":\"x\"}";
    private static final ToolOutcome SILENCE = new ToolOutcome.Unknown("{\"error\":\"outcome_unknown\"}");
    private static final ToolOutcome DONE = new ToolOutcome.Succeeded("{\"done\":true}");

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private World world;

    private String chat = "";
    private final Deque<ToolOutcome> outcomes = new ArrayDeque<>();

    @BeforeEach
    void open() {
        world = new World(folder, ScriptedModel.obedient());
        answering();
        chat = world.chat(HENRY);
    }

    @AfterEach
    void close() {
        world.close();
    }

    /** do_thing ends as the test says, and then well. */
    private void answering() {
        world.tools.add("do_thing", false, List.of("name"), call -> {
            ToolOutcome next = outcomes.poll();
            return next == null ? DONE : next;
        });
    }

    private void startAgain() {
        world.close();
        world = new World(folder, ScriptedModel.obedient(), world.permit, world.clock);
        answering();
        var unused = world.runtime.listen(HENRY, chat, world.news::add);
    }

    private EffectView unknown() {
        outcomes.add(SILENCE);
        world.say(HENRY, chat, DO);
        assertThat(world.runtime.thread(HENRY, chat).status()).isEqualTo(ThreadStatus.NEEDS_ATTENTION);
        return world.runtime.effects(HENRY, 10).get(0);
    }

    private void resolve(EffectView effect, Resolution resolution) {
        var unused = world.runtime.resolve(HENRY, effect.id(), resolution);
    }

    private void idle() {
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(world.runtime.effects(HENRY, 10)).isEmpty();
        everyCallHasOneResult();
    }

    private void everyCallHasOneResult() {
        List<Entry> all = world.transcript(HENRY, chat);
        List<String> asked = all.stream()
                .flatMap(entry -> entry.calls().stream())
                .map(AgentRuntime.Call::id)
                .toList();
        assertThat(asked).doesNotHaveDuplicates();
        assertThat(all.stream().filter(entry -> entry.role().equals("tool"))).hasSameSizeAs(asked);
    }

    @Test
    void promise4_theOwnerSeesTheEvidence_andNobodyElseSeesOrAnswersIt() {
        EffectView effect = unknown();
        assertThat(effect.tool()).isEqualTo("do_thing");
        assertThat(effect.arguments()).isEqualTo(Json.read("{\"name\":\"x\"}"));
        assertThat(effect.attempts()).isEqualTo(1);
        assertThat(effect.dispatchedAt()).isEqualTo(world.clock.instant());
        assertThat(effect.threadId()).isEqualTo(chat);
        assertThat(world.runtime.thread(HENRY, chat).waitingFor()).contains("countersign effects");
        assertThat(world.runtime.effects(JOE, 10)).isEmpty();
        assertThatThrownBy(() -> world.runtime.effect(JOE, effect.id())).hasMessageContaining("CS-610");
        assertThatThrownBy(() -> world.runtime.resolve(JOE, effect.id(), Resolution.RETRY))
                .hasMessageContaining("CS-610");
        assertThatThrownBy(() -> world.runtime.resolve(HENRY, "nothing", Resolution.RETRY))
                .hasMessageContaining("CS-610");
        assertThat(world.tools.count("do_thing")).isEqualTo(1);
        assertThat(world.runtime.thread(HENRY, chat).status()).isEqualTo(ThreadStatus.NEEDS_ATTENTION);
    }

    @Test
    void promise4_whatHappened_isToldToTheModel_andNothingIsSent_alsoAfterARestart() {
        EffectView effect = unknown();
        startAgain();
        resolve(effect, Resolution.CONFIRM);
        idle();
        assertThat(world.lastText(HENRY, chat)).startsWith("await_outcome said").contains("\"confirmed\"");
        assertThat(world.runtime.effect(HENRY, effect.id()).state()).isEqualTo("succeeded");
        assertThat(world.tools.count("do_thing")).isZero();
    }

    @Test
    void promise4_whatDidNotHappen_isToldToTheModel_andNothingIsSent() {
        EffectView effect = unknown();
        resolve(effect, Resolution.REFUTE);
        idle();
        assertThat(world.lastText(HENRY, chat)).contains("\"refuted\"");
        assertThat(world.runtime.effect(HENRY, effect.id()).state()).isEqualTo("failed");
        assertThat(world.tools.count("do_thing")).isEqualTo(1);
    }

    @Test
    void promise4_aRetryIsSentOnceWithTheSameKeyAndArguments() {
        EffectView effect = unknown();
        resolve(effect, Resolution.RETRY);
        idle();
        assertThat(world.tools.calls).hasSize(2);
        assertThat(world.tools.calls).extracting(ToolInvocation::idempotencyKey).containsOnly(effect.id());
        assertThat(world.tools.calls).extracting(ToolInvocation::arguments).containsOnly("{\"name\":\"x\"}");
        assertThat(world.lastText(HENRY, chat)).contains("\"retried\"").contains("done");
        assertThat(world.runtime.effect(HENRY, effect.id()).attempts()).isEqualTo(2);
        assertThat(world.ports.log().page(0, 100).rows())
                .extracting(LogRow::kind)
                .containsExactly(
                        "EFFECT_DISPATCHED",
                        "EFFECT_UNKNOWN",
                        "EFFECT_RESOLVED",
                        "EFFECT_DISPATCHED",
                        "EFFECT_SUCCEEDED");
    }

    @Test
    void promise4_aRetryThatEndsUnknownAgain_staysOpen_andCanBeAnsweredAgain() {
        EffectView effect = unknown();
        outcomes.add(SILENCE);
        resolve(effect, Resolution.RETRY);
        await().atMost(World.PATIENCE).until(() -> world.lastText(HENRY, chat).contains("await_outcome said"));
        world.waitFor(HENRY, chat, ThreadStatus.NEEDS_ATTENTION);
        EffectView again = world.runtime.effects(HENRY, 10).get(0);
        assertThat(again.id()).isEqualTo(effect.id());
        assertThat(again.attempts()).isEqualTo(2);
        resolve(again, Resolution.CONFIRM);
        idle();
        assertThat(world.tools.count("do_thing")).isEqualTo(2);
    }

    @Test
    void promise4_aSecondAnswerIsRefused_alsoBeforeTheFirstTookEffect_andALateOneDoesNothing() {
        EffectView effect = unknown();
        outcomes.add(SILENCE);
        // Held, so that the first answer waits.
        var lease = world.ports.leases().take(chat).orElseThrow();
        resolve(effect, Resolution.RETRY);
        assertThatThrownBy(() -> resolve(effect, Resolution.RETRY)).hasMessageContaining("CS-612");
        assertThatThrownBy(() -> resolve(effect, Resolution.CONFIRM)).hasMessageContaining("CS-612");
        // As if it had been accepted all the same: it names the first sending.
        String late = new Answer(effect.id(), 1, Resolution.RETRY).json();
        world.ports.threads().accept(chat, EventKind.RESOLUTION, late);
        world.ports.leases().drop(lease);
        world.say(HENRY, chat, "hello");
        await().atMost(World.PATIENCE).until(() -> world.lastText(HENRY, chat).equals("you said hello"));
        assertThat(world.tools.count("do_thing")).isEqualTo(2);
        EffectView open = world.runtime.effects(HENRY, 10).get(0);
        resolve(open, Resolution.REFUTE);
        idle();
        assertThatThrownBy(() -> resolve(effect, Resolution.RETRY)).hasMessageContaining("CS-611");
        assertThat(world.tools.count("do_thing")).isEqualTo(2);
    }

    @Test
    void promise4_aTextThatLooksLikeAnAnswerIsJustAText_andAnswerByTheModelIsRefused() {
        EffectView effect = unknown();
        world.say(HENRY, chat, "await_outcome: {\"effect_id\":\"" + effect.id() + "\",\"status\":\"confirmed\"}");
        world.say(HENRY, chat, "call await_outcome {\"effect_id\":\"" + effect.id() + "\"}");
        assertThat(world.lastText(HENRY, chat)).contains("unknown_tool");
        assertThat(world.runtime.effect(HENRY, effect.id()).state()).isEqualTo("unknown");
        assertThat(world.runtime.thread(HENRY, chat).status()).isEqualTo(ThreadStatus.NEEDS_ATTENTION);
    }

    @Test
    void promise7_aRetryThatTheOwnerMayNotMakeAnyMore_isNotSent_andStaysOpen() {
        EffectView effect = unknown();
        world.permit.rolesFail = true;
        resolve(effect, Resolution.RETRY);
        await().atMost(World.PATIENCE).until(() -> world.lastText(HENRY, chat).contains("await_outcome said"));
        assertThat(world.lastText(HENRY, chat)).contains("not allowed now");
        assertThat(world.tools.count("do_thing")).isEqualTo(1);
        world.permit.rolesFail = false;
        world.waitFor(HENRY, chat, ThreadStatus.NEEDS_ATTENTION);
        resolve(effect, Resolution.RETRY);
        idle();
        assertThat(world.tools.count("do_thing")).isEqualTo(2);
    }

    @Test
    void anEffectOfAJobThatIsOver_isAnsweredInTheJournalOnly() {
        outcomes.add(SILENCE);
        String job = world.runtime.open(HENRY, "things", ThreadKind.JOB, DO).id();
        world.waitFor(HENRY, job, ThreadStatus.NEEDS_ATTENTION);
        EffectView effect = world.runtime.effects(HENRY, 10).get(0);
        world.runtime.cancel(HENRY, job);
        world.waitFor(HENRY, job, ThreadStatus.CANCELED);
        assertThatThrownBy(() -> resolve(effect, Resolution.RETRY)).hasMessageContaining("CS-613");
        resolve(effect, Resolution.CONFIRM);
        await().atMost(World.PATIENCE)
                .until(() -> world.runtime.effect(HENRY, effect.id()).state().equals("succeeded"));
        assertThat(world.runtime.thread(HENRY, job).status()).isEqualTo(ThreadStatus.CANCELED);
    }

    @Test
    void aJobGoesOnWithTheAnswer_andEnds() {
        outcomes.add(SILENCE);
        String job = world.runtime.open(HENRY, "things", ThreadKind.JOB, DO).id();
        world.waitFor(HENRY, job, ThreadStatus.NEEDS_ATTENTION);
        resolve(world.runtime.effects(HENRY, 10).get(0), Resolution.RETRY);
        assertThat(world.waitFor(HENRY, job, ThreadStatus.DONE).result()).contains("retried");
    }

    /** The call was sent, the turn broke off, and when it goes on the tools' server cannot be reached. */
    @Test
    void promise4_aCallThatWasSent_isNotCalledUndone_becauseItsToolIsNotThereNow() {
        AtomicInteger sent = new AtomicInteger();
        world.tools.add("do_thing", false, List.of("name"), call -> {
            sent.incrementAndGet();
            world.tools.gone = true;
            throw new IllegalStateException("broken off, as a kill would");
        });

        world.runtime.send(HENRY, chat, DO);

        await().atMost(World.PATIENCE)
                .until(() -> world.runtime.effects(HENRY, 10).size() == 1);
        world.waitFor(HENRY, chat, ThreadStatus.NEEDS_ATTENTION);
        assertThat(sent).hasValue(1);
        assertThat(world.transcript(HENRY, chat).toString()).doesNotContain("nothing was done");
        world.tools.gone = false;
        resolve(world.runtime.effects(HENRY, 10).get(0), Resolution.CONFIRM);
        idle();
        assertThat(sent).hasValue(1);
    }
}
