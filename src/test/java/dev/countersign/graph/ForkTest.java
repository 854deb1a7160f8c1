package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static dev.countersign.graph.World.JOE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.graph.AgentRuntime.ForkWish;
import dev.countersign.permit.RequestKind;
import dev.countersign.replay.History;
import dev.countersign.replay.Step;
import dev.countersign.thread.Lineage;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversations that go on from a step of others. */
@Tag("store")
final class ForkTest {
    private static final String DO = "call do_thing {\"name\":\"x\"}";
    private static final String DROP = "call drop_thing {\"name\":\"x\"}";
    private static final String ASK =
            "call create_access_request {\"resource_instance\":\"3\",\"role\":\"child-can-view\",\"reason\":\"hungry\"}";

    @TempDir
    Path folder;

    private static List<Step> steps(World world, String thread) {
        List<Step> all = new ArrayList<>(History.over(world.ports)
                .steps(HENRY, thread, new Archive.Slice(dev.countersign.core.Mark.NEWEST, 100))
                .items());
        Collections.reverse(all);
        return all;
    }

    /** The newest step after that node. */
    private static long after(World world, String thread, String node) {
        return steps(world, thread).stream()
                .filter(step -> step.node().equals(node))
                .mapToLong(Step::seq)
                .max()
                .orElseThrow();
    }

    private static List<String> texts(World world, String thread) {
        return world.transcript(HENRY, thread).stream().map(Entry::text).toList();
    }

    private static String fork(World world, String thread, @Nullable Long step, @Nullable String message) {
        return world.runtime
                .fork(HENRY, thread, new ForkWish(step, message, null))
                .id();
    }

    @Test
    void promise12_aForkOfARestingThread_sharesWhatWasSaid_andBothGoTheirOwnWay() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String parent = world.chat(HENRY);
            world.say(HENRY, parent, "one");
            long step = steps(world, parent).size();
            world.say(HENRY, parent, "two");
            List<Step> before = steps(world, parent);

            String fork = fork(world, parent, step, "three");
            world.waitFor(HENRY, fork, ThreadStatus.IDLE);

            assertThat(texts(world, fork)).containsExactly("one", "you said one", "three", "you said three");
            assertThat(steps(world, parent)).isEqualTo(before);
            world.say(HENRY, parent, "four");
            world.chat(HENRY);
            assertThat(texts(world, parent)).startsWith("one", "you said one", "two", "you said two", "four");
            assertThat(texts(world, fork)).hasSize(4);
        }
    }

    @Test
    void promise12_withinATurn_theModelIsAskedAgain_andWhatItThenDoesIsDoneAnew() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String parent = world.chat(HENRY);
            world.say(HENRY, parent, DO);
            assertThat(world.tools.calls).hasSize(1);

            // After the model's answer, before its calls: those are nobody's any more.
            String asked = fork(world, parent, after(world, parent, "model") - 2, null);
            world.waitFor(HENRY, asked, ThreadStatus.IDLE);
            String answered = fork(world, parent, after(world, parent, "tools"), null);
            world.waitFor(HENRY, answered, ThreadStatus.IDLE);

            assertThat(world.transcript(HENRY, asked)).hasSameSizeAs(world.transcript(HENRY, parent));
            assertThat(texts(world, answered)).isEqualTo(texts(world, parent));
            assertThat(world.tools.calls)
                    .as("done by the parent and by one fork")
                    .hasSize(2);
        }
    }

    @Test
    void aMessageWithinATurn_takesThePlaceOfTheOneItBeganWith_andALastMessageCanSayAnother() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String parent = world.chat(HENRY);
            world.say(HENRY, parent, "hello");
            world.say(HENRY, parent, DO);
            long tools = after(world, parent, "tools");

            String other = fork(world, parent, tools, "never mind");
            world.waitFor(HENRY, other, ThreadStatus.IDLE);
            String changed = world.runtime
                    .fork(HENRY, parent, new ForkWish(tools, null, "the thing broke"))
                    .id();
            world.waitFor(HENRY, changed, ThreadStatus.IDLE);

            assertThat(texts(world, other))
                    .containsExactly("hello", "you said hello", "never mind", "you said never mind");
            assertThat(world.lastText(HENRY, changed)).isEqualTo("do_thing said the thing broke");
            assertThat(texts(world, parent)).doesNotContain("the thing broke");
            assertThat(world.tools.calls).hasSize(1);
        }
    }

    @Test
    void promise12_aForkInheritsNoApproval_neitherOneThatWaitsNorItsDecision() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String parent = world.chat(HENRY);
            world.say(HENRY, parent, ASK);
            world.waitFor(HENRY, parent, ThreadStatus.PARKED);
            String fork = fork(world, parent, null, null);
            var unused = world.runtime.listen(HENRY, fork, world.news::add);

            assertThat(world.runtime.thread(HENRY, fork).status()).isEqualTo(ThreadStatus.IDLE);
            assertThat(world.runtime.approvals(HENRY, fork)).isEmpty();
            String request =
                    Objects.requireNonNull(world.approval(HENRY, parent, 0).requestId());
            world.permit.approve(RequestKind.ACCESS, request, "joe", "enjoy");
            world.runtime.wake();
            world.waitFor(HENRY, parent, ThreadStatus.IDLE);

            assertThat(steps(world, fork)).hasSize(1);
            assertThat(world.runtime.thread(HENRY, fork).status()).isEqualTo(ThreadStatus.IDLE);
            world.say(HENRY, fork, "still here?");
            assertThat(world.lastText(HENRY, fork)).isEqualTo("you said still here?");
        }
    }

    @Test
    void forksOfForks_areAFamily_andJobsForkAsChats() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String parent =
                    world.runtime.open(HENRY, "things", ThreadKind.JOB, "one").id();
            world.waitFor(HENRY, parent, ThreadStatus.DONE);
            String child = fork(world, parent, null, null);
            String grandchild = fork(world, child, null, "two");
            world.waitFor(HENRY, grandchild, ThreadStatus.IDLE);
            String second = fork(world, parent, 1L, null);
            world.waitFor(HENRY, second, ThreadStatus.IDLE);
            String ofPart = fork(world, grandchild, 1L, "three");
            world.waitFor(HENRY, ofPart, ThreadStatus.IDLE);

            assertThat(texts(world, grandchild)).containsExactly("one", "you said one", "two", "you said two");
            assertThat(texts(world, second)).containsExactly("one", "you said one");
            assertThat(texts(world, ofPart)).containsExactly("one", "you said one", "three", "you said three");
            assertThat(world.runtime.thread(HENRY, second).kind()).isEqualTo(ThreadKind.CHAT);
            List<Lineage.Member> family = History.over(world.ports).family(HENRY, grandchild);
            assertThat(family.stream().map(Lineage.Member::id))
                    .containsExactlyInAnyOrder(parent, child, grandchild, ofPart, second)
                    .startsWith(parent)
                    .containsSubsequence(child, grandchild, ofPart);
            assertThat(family.stream().map(Lineage.Member::depth)).containsExactlyInAnyOrder(0, 1, 2, 3, 1);
            assertThatThrownBy(() -> History.over(world.ports).family(JOE, parent))
                    .hasMessageContaining("CS-212");
        }
    }

    @Test
    void whatCannotBeForked_isSaid_andLeavesNothingBehind() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String parent = world.chat(HENRY);
            assertThatThrownBy(() -> fork(world, parent, null, null)).hasMessageContaining("CS-616");
            world.say(HENRY, parent, "one");
            int head = steps(world, parent).size();
            for (long step : new long[] {0, -1, head + 1L, Long.MAX_VALUE}) {
                assertThatThrownBy(() -> fork(world, parent, step, null)).hasMessageContaining("CS-616");
            }
            assertThatThrownBy(() -> fork(world, parent, null, "  ")).hasMessageContaining("CS-604");
            assertThatThrownBy(() -> world.runtime.fork(JOE, parent, new ForkWish(null, null, null)))
                    .hasMessageContaining("CS-212");
            assertThatThrownBy(() -> world.runtime.fork(HENRY, parent, new ForkWish(1L, "two", "nothing before it")))
                    .hasMessageContaining("CS-617");
            assertThat(world.runtime.threads(HENRY, null, 10)).hasSize(1);
        }
    }

    @Test
    void promise12_whatWasApprovedInTheParent_isAskedForAgainInTheFork() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String parent = world.chat(HENRY);
            world.say(HENRY, parent, DROP);
            world.waitFor(HENRY, parent, ThreadStatus.PARKED);
            long gate = after(world, parent, "gate");
            String request =
                    Objects.requireNonNull(world.approval(HENRY, parent, 0).requestId());
            world.permit.approve(RequestKind.OPERATION, request, "joe", null);
            world.runtime.wake();
            world.waitFor(HENRY, parent, ThreadStatus.IDLE);
            assertThat(world.tools.count("drop_thing")).isEqualTo(1);

            String fork = fork(world, parent, gate, null);
            world.waitFor(HENRY, fork, ThreadStatus.PARKED);

            assertThat(world.approval(HENRY, fork, 0).requestId()).isNotEqualTo(request);
            assertThat(world.tools.count("drop_thing")).isEqualTo(1);
        }
    }
}
