package dev.countersign.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.core.CountersignException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("store")
final class ToolRunnerTest {
    private static final ToolInfo DELETE = Tools.tool("delete_volume", "{}");
    private static final ToolInfo RESIZE = Tools.tool("resize_volume", "{}", false, true);
    private static final ToolInfo LIST = Tools.tool("list_volumes", "{}", true, false);
    private static final ToolOutcome DONE = new ToolOutcome.Succeeded("done");
    private static final ToolOutcome LOST = new ToolOutcome.Unknown("{\"error\":\"outcome_unknown\"}");
    private static final ToolOutcome MISSED = new ToolOutcome.NotSent("{\"error\":\"not_sent\"}");

    @TempDir
    Path folder;

    private Desk desk;
    private EffectJournal journal;
    private final List<Duration> pauses = new ArrayList<>();

    @BeforeEach
    void open() {
        desk = new Desk(folder);
        journal = desk.journal(EffectWitness.NONE);
    }

    @AfterEach
    void close() {
        desk.close();
    }

    private ToolRunner runner(ToolClient client) {
        return new ToolRunner(journal, client, RetryRule.DEFAULT, pauses::add, lease -> {});
    }

    /** Answers with these outcomes in turn. */
    private static final class Script implements ToolClient {
        private final Deque<ToolOutcome> outcomes;
        private final List<ToolInvocation> calls = new ArrayList<>();
        private Runnable meanwhile = () -> {};

        Script(ToolOutcome... outcomes) {
            this.outcomes = new ArrayDeque<>(List.of(outcomes));
        }

        @Override
        public List<ToolInfo> tools() {
            return List.of();
        }

        @Override
        public ToolOutcome call(ToolInvocation invocation) {
            calls.add(invocation);
            meanwhile.run();
            return outcomes.removeFirst();
        }

        @Override
        public void close() {}
    }

    private EffectRecord row(EffectSite site, ToolInfo tool) {
        return journal.find(site, Desk.run(site, tool).intent().id()).orElseThrow();
    }

    @Test
    void promise4_effectKilledAtAnyStep_happensAtMostOnce_andIsNeverForgotten() {
        boolean finished = false;
        for (int step = 1; !finished; step++) {
            try (Desk fresh = new Desk(folder.resolve("delete-" + step))) {
                finished = killAndRecover(fresh, DELETE, step);
            }
            assertThat(step).as("the run comes to an end").isLessThan(50);
        }
    }

    @Test
    void promise4_idempotentEffectKilledAtAnyStep_isDoneInTheEnd_alwaysWithTheSameKey() {
        boolean finished = false;
        for (int step = 1; !finished; step++) {
            try (Desk fresh = new Desk(folder.resolve("resize-" + step))) {
                finished = killAndRecover(fresh, RESIZE, step);
            }
            assertThat(step).as("the run comes to an end").isLessThan(50);
        }
    }

    /** True when the run was over before the calamity came. */
    private static boolean killAndRecover(Desk desk, ToolInfo tool, int step) {
        Calamity calamity = new Calamity(step);
        Calamity.Effects before = new Calamity.Effects(calamity, DONE);
        EffectJournal doomed = calamity.around(desk.journal(calamity.witness()));
        boolean killed = false;
        try {
            new ToolRunner(doomed, before, RetryRule.DEFAULT, pause -> {}, lease -> {})
                    .run(Desk.run(desk.takeOver(), tool));
        } catch (Calamity.Killed e) {
            killed = true;
        }

        EffectJournal journal = desk.journal(EffectWitness.NONE);
        Calamity.Effects after = new Calamity.Effects(new Calamity(Integer.MAX_VALUE), DONE);
        ToolRunner next = new ToolRunner(journal, after, RetryRule.DEFAULT, pause -> {}, lease -> {});
        EffectSite site = desk.takeOver();
        ToolOutcome outcome = next.run(Desk.run(site, tool));
        ToolOutcome again = next.run(Desk.run(site, tool));

        EffectRecord row =
                journal.find(site, Desk.run(site, tool).intent().id()).orElseThrow();
        assertThat(again).as("asked again, step %s", step).isEqualTo(outcome);
        assertThat(row.state().outcome(String.valueOf(row.outcome()))).isEqualTo(outcome);
        List<String> keys = new ArrayList<>(before.keys);
        keys.addAll(after.keys);
        assertThat(new HashSet<>(keys)).as("keys, step %s", step).hasSizeLessThanOrEqualTo(1);
        if (tool.repeatable()) {
            assertThat(outcome).as("step %s", step).isEqualTo(DONE);
            assertThat(keys).isNotEmpty();
        } else {
            assertThat(keys).as("effects, step %s", step).hasSizeLessThanOrEqualTo(1);
            assertThat(outcome instanceof ToolOutcome.Succeeded || outcome instanceof ToolOutcome.Unknown)
                    .isTrue();
            assertThat(outcome instanceof ToolOutcome.Unknown || keys.size() == 1)
                    .as("a success that is told has happened, step %s", step)
                    .isTrue();
        }
        return !killed;
    }

    @Test
    void effect_isSentOnce_whateverItsOutcome() {
        for (ToolOutcome outcome : List.of(DONE, new ToolOutcome.Failed("no"), MISSED, LOST)) {
            Script client = new Script(outcome);
            EffectSite site = desk.takeOver();
            ToolRun run = new ToolRun(site, "call-" + outcome.word(), DELETE, "{}", Desk.HENRY, null);
            assertThat(runner(client).run(run)).isEqualTo(outcome);
            assertThat(runner(client).run(run)).as("read back").isEqualTo(outcome);
            assertThat(client.calls).hasSize(1);
        }
        assertThat(pauses).isEmpty();
    }

    @Test
    void repeatableTool_isRetriedWithTheSameKey_withGrowingPauses_andABound() {
        Script client = new Script(MISSED, LOST, DONE);
        EffectSite site = desk.takeOver();
        assertThat(runner(client).run(Desk.run(site, RESIZE))).isEqualTo(DONE);
        assertThat(client.calls)
                .extracting(ToolInvocation::idempotencyKey)
                .hasSize(3)
                .containsOnly(row(site, RESIZE).id());
        assertThat(row(site, RESIZE).attempts()).isEqualTo(3);
        assertThat(pauses).containsExactly(Duration.ofMillis(200), Duration.ofMillis(400));

        Script silent = new Script(LOST, LOST, LOST, DONE);
        ToolRun other = new ToolRun(site, "call-2", RESIZE, "{}", Desk.HENRY, null);
        assertThat(runner(silent).run(other)).isEqualTo(LOST);
        assertThat(silent.calls).hasSize(3);
    }

    @Test
    void readOnlyTool_isRetried_andLeavesNoRow() {
        Script client = new Script(LOST, DONE);
        EffectSite site = desk.takeOver();
        assertThat(runner(client).run(Desk.run(site, LIST))).isEqualTo(DONE);
        assertThat(client.calls).hasSize(2);
        assertThat(journal.ofThread(site, 10)).isEmpty();
    }

    @Test
    void refusalOfTheTool_isNotRetried() {
        Script client = new Script(new ToolOutcome.Failed("no"));
        assertThat(runner(client).run(Desk.run(desk.takeOver(), RESIZE))).isEqualTo(new ToolOutcome.Failed("no"));
        assertThat(client.calls).hasSize(1);
    }

    @Test
    void promise2_holderOfAnOldLease_startsNothing() {
        EffectSite old = desk.takeOver();
        desk.takeOver();
        Script client = new Script(DONE);
        assertThatThrownBy(() -> runner(client).run(Desk.run(old, DELETE)))
                .isInstanceOf(CountersignException.class)
                .hasMessageContaining("CS-410");
        assertThat(client.calls).isEmpty();
        assertThat(journal.ofThread(old, 10)).isEmpty();
    }

    @Test
    void promise4_outcomeThatComesAfterTheSuccessorGaveUp_changesNothing() {
        EffectSite old = desk.takeOver();
        Script slow = new Script(DONE);
        slow.meanwhile = () -> {
            Script never = new Script();
            ToolOutcome seen = runner(never).run(Desk.run(desk.takeOver(), DELETE));
            assertThat(seen).isInstanceOf(ToolOutcome.Unknown.class);
        };
        assertThat(runner(slow).run(Desk.run(old, DELETE))).isInstanceOf(ToolOutcome.Unknown.class);
        assertThat(row(old, DELETE).state()).isEqualTo(EffectState.UNKNOWN);
    }

    @Test
    void promise4_outcomeThatComesBeforeTheSuccessorLooked_isKept() {
        EffectSite old = desk.takeOver();
        Script slow = new Script(DONE);
        slow.meanwhile = desk::takeOver;
        assertThat(runner(slow).run(Desk.run(old, DELETE))).isEqualTo(DONE);
        assertThat(runner(new Script()).run(Desk.run(desk.takeOver(), DELETE))).isEqualTo(DONE);
    }

    @Test
    void samePromiseOfAnotherCall_isAnotherEffect() {
        Script client = new Script(DONE, DONE);
        EffectSite site = desk.takeOver();
        runner(client).run(new ToolRun(site, "call-1", DELETE, "{}", Desk.HENRY, null));
        runner(client).run(new ToolRun(site, "call-2", DELETE, "{}", Desk.HENRY, null));
        assertThat(client.calls).extracting(ToolInvocation::idempotencyKey).doesNotHaveDuplicates();
    }
}
