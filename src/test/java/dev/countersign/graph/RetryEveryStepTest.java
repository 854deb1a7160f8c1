package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.account.SettableClock;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.graph.AgentRuntime.Call;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.log.ChainCheck;
import dev.countersign.mcpserver.FakePermit;
import dev.countersign.permit.Permit;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.EffectJournal.Resolution;
import dev.countersign.tool.ToolClient;
import dev.countersign.tool.ToolInvocation;
import dev.countersign.tool.ToolOutcome;
import dev.langchain4j.model.chat.ChatModel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person has an unknown effect sent again, and the turn that does it is halted at each of its steps: sent once all the same. */
@Tag("store")
final class RetryEveryStepTest {
    private static final Pace PACE = new Pace(Duration.ofMillis(15), Duration.ofSeconds(30), 2);

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-23T10:00:00Z"));
    private final Fuse fuse = new Fuse();
    private final FakePermit permit = new FakePermit();
    private ScriptedTools tools = new ScriptedTools(permit);

    @SuppressWarnings("NullAway.Init")
    private Database database;

    @SuppressWarnings("NullAway.Init")
    private Agents runtime;

    @SuppressWarnings("NullAway.Init")
    private Ports ports;

    private String chat = "";

    @BeforeEach
    void open() {
        database = Stores.open(folder);
    }

    @AfterEach
    void close() {
        runtime.close();
        database.close();
    }

    private void start() {
        ports = Ports.over(
                database,
                fuse.port(Permit.class, permit, Set.of("scope", "toString")),
                fuse.clock(clock),
                () -> UUID.randomUUID().toString(),
                Duration.ofSeconds(30),
                Duration.ZERO);
        ChatModel model =
                fuse.port(ChatModel.class, ScriptedModel.obedient(), Set.of("defaultRequestParameters", "provider"));
        ToolClient client = fuse.port(ToolClient.class, tools, Set.of("tools", "close"));
        runtime = Agents.start(
                ports, List.of(new Outfit(World.agent(Limits.DEFAULTS), model, client)), PACE, pause -> {});
    }

    private void untilAtRest() {
        await().atMost(World.PATIENCE).pollInterval(Duration.ofMillis(3)).until(() -> {
            if (fuse.isBlown()) {
                runtime.close();
                fuse.light(Integer.MAX_VALUE);
                start();
            }
            ThreadRow thread = ports.threads().get(chat);
            return thread.eventsAccepted() == thread.eventsDone()
                    && (thread.headNext().equals(AgentGraph.AWAIT)
                            || thread.headNext().equals("__END__"))
                    && thread.status() != ThreadStatus.RUNNING;
        });
    }

    /** One unknown effect, answered with the word, halted at the step; true when nothing was left to be halted. */
    private boolean answered(Resolution resolution, int step) {
        tools = new ScriptedTools(permit);
        boolean[] first = {true};
        tools.add("do_thing", false, List.of("name"), call -> {
            boolean silent = first[0];
            first[0] = false;
            return silent ? new ToolOutcome.Unknown("outcome_unknown") : new ToolOutcome.Succeeded("{\"done\":true}");
        });
        fuse.light(Integer.MAX_VALUE);
        start();
        chat = runtime.open(HENRY, "things", ThreadKind.CHAT, "a chat").id();
        runtime.send(HENRY, chat, "call do_thing {\"name\":\"x\"}");
        untilAtRest();
        String effect = runtime.effects(HENRY, 1).get(0).id();
        fuse.light(step);
        var unused = runtime.resolve(HENRY, effect, resolution);
        untilAtRest();
        boolean unharmed = fuse.left() > 0 && fuse.left() < step;
        fuse.light(Integer.MAX_VALUE);
        sound(resolution, effect, "halted at step " + step);
        runtime.close();
        return unharmed;
    }

    private void sound(Resolution resolution, String effect, String where) {
        List<Entry> all = runtime.transcript(HENRY, chat, 0, 1_000);
        List<String> asked = all.stream()
                .flatMap(entry -> entry.calls().stream())
                .map(Call::id)
                .toList();
        assertThat(asked).as(where).doesNotHaveDuplicates();
        assertThat(all.stream().filter(entry -> entry.role().equals("tool")))
                .as(where)
                .hasSameSizeAs(asked);
        assertThat(all.stream().filter(entry -> "await_outcome".equals(entry.tool())))
                .as(where)
                .hasSize(1);
        boolean retry = resolution == Resolution.RETRY;
        assertThat(tools.count("do_thing")).as(where).isBetween(1L, retry ? 2L : 1L);
        assertThat(tools.calls)
                .as(where)
                .extracting(ToolInvocation::idempotencyKey)
                .containsOnly(effect);
        String state = runtime.effect(HENRY, effect).state();
        boolean doubtful = retry && state.equals("unknown");
        assertThat(doubtful || state.equals("succeeded"))
                .as(where + ": " + state)
                .isTrue();
        assertThat(doubtful || tools.count("do_thing") == (retry ? 2 : 1))
                .as(where)
                .isTrue();
        assertThat(runtime.thread(HENRY, chat).status())
                .as(where)
                .isEqualTo(doubtful ? ThreadStatus.NEEDS_ATTENTION : ThreadStatus.IDLE);
        assertThat(ports.log().page(0, 10_000).rows().stream()
                        .filter(row ->
                                row.subject().equals(effect) && row.kind().equals("EFFECT_RESOLVED")))
                .as(where)
                .hasSize(1);
        assertThat(ChainCheck.of(after -> ports.log().page(after, 100), null).intact())
                .as(where)
                .isTrue();
        if (doubtful) {
            // Left to itself it would be found by the next round.
            var unused = runtime.resolve(HENRY, effect, Resolution.REFUTE);
            untilAtRest();
        }
    }

    private int everyStep(Resolution resolution) {
        int step = 1;
        while (!answered(resolution, step)) {
            step++;
        }
        return step;
    }

    @Test
    void promise4_aRetryHaltedAtAnyStep_isSentAtMostOnceForItsAnswer() {
        assertThat(everyStep(Resolution.RETRY)).isGreaterThan(10);
    }

    @Test
    void promise4_aConfirmationHaltedAtAnyStep_isToldOnce_andNothingIsSent() {
        assertThat(everyStep(Resolution.CONFIRM)).isGreaterThan(8);
    }
}
