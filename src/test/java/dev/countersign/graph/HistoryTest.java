package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static dev.countersign.graph.World.JOE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import dev.countersign.core.Mark;
import dev.countersign.permit.RequestKind;
import dev.countersign.replay.Change;
import dev.countersign.replay.History;
import dev.countersign.replay.Step;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.ToolOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the history tells of conversations that really ran. */
@Tag("store")
final class HistoryTest {
    private static final String ASK =
            "call create_access_request {\"resource_instance\":\"3\",\"role\":\"child-can-view\",\"reason\":\"hungry\"}";

    @TempDir
    Path folder;

    /** All steps, oldest first, read in pages. */
    private static List<Step> steps(History history, String thread, int page) {
        List<Step> all = new ArrayList<>();
        Mark mark = Mark.NEWEST;
        while (mark != null) {
            Archive.Page<Step> some = history.steps(HENRY, thread, new Archive.Slice(mark, page));
            assertThat(some.items()).hasSizeLessThanOrEqualTo(page);
            all.addAll(some.items());
            mark = some.next();
        }
        Collections.reverse(all);
        return all;
    }

    private static List<String> outcomes(List<Step> steps) {
        return steps.stream()
                .flatMap(step -> step.calls().stream()
                        .map(call -> step.node() + " " + call.tool() + " "
                                + call.outcome()
                                + (call.effect() == null
                                        ? ""
                                        : " " + call.effect().state())))
                .toList();
    }

    @Test
    void everyStepIsThere_withWhatItDid_andPagesMakeNoDifference() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String thread = world.chat(HENRY);
            world.say(HENRY, thread, "call do_thing {\"name\":\"x\"} + list_things {} + secret_thing {\"name\":\"x\"}");
            world.say(HENRY, thread, ASK);
            world.waitFor(HENRY, thread, ThreadStatus.PARKED);
            String request =
                    Objects.requireNonNull(world.approval(HENRY, thread, 0).requestId());
            world.permit.approve(RequestKind.ACCESS, request, "joe", "<b>enjoy</b>");
            world.runtime.wake();
            world.waitFor(HENRY, thread, ThreadStatus.IDLE);
            History history = History.over(world.ports);

            List<Step> steps = steps(history, thread, 100);

            assertThat(steps(history, thread, 1)).isEqualTo(steps);
            assertThat(steps(history, thread, 3)).isEqualTo(steps);
            assertThat(steps.stream().map(Step::seq)).isEqualTo(numbers(steps.size()));
            assertThat(steps.stream().flatMap(step -> step.added().stream()))
                    .containsExactlyElementsOf(world.transcript(HENRY, thread));
            assertThat(outcomes(steps))
                    .containsExactly(
                            "gate secret_thing refused",
                            "tools do_thing succeeded succeeded",
                            "tools list_things succeeded",
                            "request create_access_request filed",
                            "settle await_decision told");
            assertThat(steps.stream()
                            .filter(step -> step.event() != null)
                            .map(step -> step.node() + " "
                                    + Objects.requireNonNull(step.event()).kind()))
                    .containsExactly("__START__ message", "__START__ message", "await decision");
            assertThat(steps.stream()
                            .flatMap(step -> step.approvals().stream())
                            .map(touched -> touched.how() + " " + touched.state() + " " + touched.reviewer()))
                    .containsExactly("asked spent joe", "settled spent joe");
            eachStateFollowsFromTheOneBefore(history, thread, steps);
        }
    }

    @Test
    void anApprovedCallThatIsNotMade_isToldAsRefused_notAsFailed() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String thread = world.chat(HENRY);
            world.say(HENRY, thread, "call drop_thing {\"name\":\"x\"}");
            String request =
                    Objects.requireNonNull(world.approval(HENRY, thread, 0).requestId());
            world.permit.approve(RequestKind.OPERATION, request, "joe", null);
            assertThat(world.permit.unassign("henry", "_Approved_", "3")).isTrue();
            world.runtime.wake();
            world.waitFor(HENRY, thread, ThreadStatus.IDLE);

            assertThat(outcomes(steps(History.over(world.ports), thread, 100)))
                    .contains("settle drop_thing refused")
                    .doesNotContain("settle drop_thing failed");
        }
    }

    private static List<Long> numbers(int count) {
        List<Long> numbers = new ArrayList<>();
        for (long seq = 1; seq <= count; seq++) {
            numbers.add(seq);
        }
        return numbers;
    }

    private static void eachStateFollowsFromTheOneBefore(History history, String thread, List<Step> steps) {
        JsonNode before = Json.object();
        for (Step step : steps) {
            History.Moment moment = history.at(HENRY, thread, step.seq(), 1000);
            assertThat(moment.step()).isEqualTo(step);
            assertThat(moment.head()).isEqualTo(steps.size());
            assertThat(moment.last()).hasSize(step.messages());
            for (Change change : step.changes()) {
                JsonNode was = at(before, change.path());
                JsonNode is = at(moment.state(), change.path());
                assertThat(change.before() == null || holds(was, change.before()))
                        .isTrue();
                assertThat(change.after() == null || holds(is, change.after())).isTrue();
                assertThat(was).isNotEqualTo(is);
            }
            assertThat(step.changes().isEmpty()).isEqualTo(before.equals(moment.state()));
            before = moment.state();
        }
    }

    private static JsonNode at(JsonNode state, String path) {
        return state.at("/" + path.replace('.', '/'));
    }

    private static boolean holds(JsonNode value, JsonNode part) {
        if (value.isArray() && !part.isArray()) {
            for (JsonNode item : value) {
                if (item.equals(part)) {
                    return true;
                }
            }
        }
        return value.equals(part);
    }

    @Test
    void aGatedCallIsFiledFirst_andHasItsEffectWhereItRan() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String thread = world.chat(HENRY);
            world.say(HENRY, thread, "call drop_thing {\"name\":\"x\"}");
            world.waitFor(HENRY, thread, ThreadStatus.PARKED);
            String request =
                    Objects.requireNonNull(world.approval(HENRY, thread, 0).requestId());
            world.permit.approve(RequestKind.OPERATION, request, "joe", null);
            world.runtime.wake();
            world.waitFor(HENRY, thread, ThreadStatus.IDLE);

            assertThat(outcomes(steps(History.over(world.ports), thread, 100)))
                    .containsExactly(
                            "request drop_thing filed",
                            "settle await_decision told",
                            "settle drop_thing succeeded succeeded");
        }
    }

    @Test
    void anUnknownCallStaysUnknownInItsStep_onceItIsAnsweredToo() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            world.tools.add("do_thing", false, List.of("name"), call -> new ToolOutcome.Unknown("no answer came"));
            String thread = world.chat(HENRY);
            world.say(HENRY, thread, "call do_thing {\"name\":\"x\"}");
            world.waitFor(HENRY, thread, ThreadStatus.NEEDS_ATTENTION);
            String effect = world.runtime.effects(HENRY, 1).get(0).id();
            var unused = world.runtime.resolve(HENRY, effect, dev.countersign.tool.EffectJournal.Resolution.CONFIRM);
            world.waitFor(HENRY, thread, ThreadStatus.IDLE);

            List<Step> steps = steps(History.over(world.ports), thread, 100);

            assertThat(outcomes(steps))
                    .containsExactly("tools do_thing unknown succeeded", "settle await_outcome told");
            assertThat(steps.stream()
                            .map(Step::event)
                            .filter(Objects::nonNull)
                            .map(event -> event.kind() + " " + event.about()))
                    .containsExactly("message null", "resolution " + effect);
        }
    }

    @Test
    void nobodyElseSeesAStep_andAStepThatIsNotThereIsSaidToBeNone() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String thread = world.chat(HENRY);
            History history = History.over(world.ports);
            Archive.Slice five = new Archive.Slice(Mark.NEWEST, 5);
            assertThat(history.steps(HENRY, thread, five).items()).isEmpty();
            assertThatThrownBy(() -> history.at(HENRY, thread, 1, 5)).hasMessageContaining("CS-640");
            world.say(HENRY, thread, "hello");

            assertThatThrownBy(() -> history.steps(JOE, thread, five)).hasMessageContaining("CS-212");
            assertThatThrownBy(() -> history.at(JOE, thread, 1, 5)).hasMessageContaining("CS-212");
            for (long seq : new long[] {0, -1, 99, Long.MAX_VALUE}) {
                assertThatThrownBy(() -> history.at(HENRY, thread, seq, 5)).hasMessageContaining("CS-640");
            }
        }
    }

    @Test
    void aForkBeginsWithNothingChanged_andTellsItsOwnStepsOnly() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String parent = world.chat(HENRY);
            world.say(HENRY, parent, "call do_thing {\"name\":\"x\"}");
            History history = History.over(world.ports);
            List<Step> before = steps(history, parent, 100);
            Step rest = before.get(before.size() - 1);
            String fork = world.runtime
                    .fork(HENRY, parent, new AgentRuntime.ForkWish(rest.seq(), null, null))
                    .id();
            world.say(HENRY, parent, "the parent goes on");

            List<Step> forked = steps(history, fork, 100);
            assertThat(forked).hasSize(1);
            assertThat(forked.get(0).changes()).isEmpty();
            assertThat(forked.get(0).added()).isEmpty();
            assertThat(forked.get(0).parentId()).isEqualTo(rest.id());
            assertThat(history.at(HENRY, fork, 1, 100).last())
                    .isEqualTo(history.at(HENRY, parent, rest.seq(), 100).last());
        }
    }
}
