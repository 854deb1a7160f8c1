package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.permit.RequestKind;
import dev.countersign.replay.Divergence;
import dev.countersign.replay.Fixture;
import dev.countersign.replay.History;
import dev.countersign.replay.Recording;
import dev.countersign.replay.StrictReplay;
import dev.countersign.replay.Verdict;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.EffectJournal;
import dev.countersign.tool.ToolOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A conversation that was recorded in a store runs again to the same, and to nothing else when a node has a bug. */
@Tag("store")
final class StrictReplayTest {
    private static final String ASK = "call create_access_request "
            + "{\"resource_instance\":\"3\",\"role\":\"child-can-view\",\"reason\":\"my birthday\"}";

    /** Who decides here: a name too long to come about by chance in an id, a digest or a masked word, as three letters do. */
    private static final String REVIEWER = "grandmother";

    /** Of what henry, the reviewer, the model and the tools said; what the graph itself says stays. */
    private static final String[] MARKERS = {
        "henry", REVIEWER, "birthday", "enjoy", "not today", "You help", "Drop the thing", "no answer came", "done now"
    };

    @TempDir
    Path folder;

    private static Verdict replay(World world, String thread, Rerun.Tap tap) {
        Recording recording = History.over(world.ports).recording(HENRY, thread);
        try (StrictReplay replay = new StrictReplay(tap)) {
            Verdict first = replay.run(recording);
            assertThat(replay.run(recording)).as("the second time").isEqualTo(first);
            if (first.isEqual()) {
                assertThat(first.digest()).isEqualTo(recording.digest());
                assertThat(first.turns()).isEqualTo(recording.turns());
                assertThat(first.messages()).isEqualTo(recording.messages());
                asAFile(replay, recording);
            }
            return first;
        }
    }

    private static void asAFile(StrictReplay replay, Recording recording) {
        String file = Fixture.write(recording, false);
        assertThat(Fixture.parse(file, "file").recording()).isEqualTo(recording);
        Recording redacted = replay.redacted(recording);
        String masked = Fixture.write(redacted, true);
        Recording read = Fixture.parse(masked, "file").recording();
        assertThat(replay.run(read).divergence()).isEmpty();
        assertThat(replay.run(read).digest()).isEqualTo(redacted.digest()).isNotEqualTo(recording.digest());
        assertThat(masked).doesNotContainIgnoringCase(MARKERS);
        assertThat(masked.length()).isBetween(file.length() * 9 / 10, file.length() * 11 / 10);
    }

    private static Verdict replay(World world, String thread) {
        return replay(world, thread, (node, update) -> update);
    }

    private static void decide(World world, String thread, boolean yes) {
        world.waitFor(HENRY, thread, ThreadStatus.PARKED);
        AgentRuntime.ApprovalView pending = world.runtime.approvals(HENRY, thread).stream()
                .filter(approval -> approval.state().equals("pending"))
                .findFirst()
                .orElseThrow();
        RequestKind kind = RequestKind.valueOf(pending.kind().toUpperCase(java.util.Locale.ROOT));
        String request = Objects.requireNonNull(pending.requestId());
        if (yes) {
            world.permit.approve(kind, request, REVIEWER, "enjoy");
        } else {
            world.permit.deny(kind, request, REVIEWER, "not today");
        }
        world.runtime.wake();
        world.waitFor(HENRY, thread, ThreadStatus.IDLE);
    }

    @Test
    void promise12_aFinishedConversationReplaysToTheSameTranscript_withoutACall() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            world.permit.parent(REVIEWER);
            String thread = world.chat(HENRY);
            world.say(HENRY, thread, "call do_thing {\"name\":\"x\"} + list_things {} + secret_thing {\"name\":\"x\"}");
            world.say(HENRY, thread, "call drop_thing {\"name\":\"y\"}");
            decide(world, thread, true);
            world.say(HENRY, thread, "call drop_thing {\"name\":\"z\"}");
            decide(world, thread, false);
            world.say(HENRY, thread, ASK);
            decide(world, thread, true);
            int calls = world.tools.calls.size();

            Verdict verdict = replay(world, thread);

            assertThat(verdict.divergence()).isEmpty();
            assertThat(world.tools.calls).hasSize(calls);
        }
    }

    @Test
    void promise12_anUnknownEffectAndWhatAPersonSaidOfItReplayToo() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            world.tools.add("do_thing", false, List.of("name"), call -> new ToolOutcome.Unknown("no answer came"));
            String thread = world.chat(HENRY);
            for (EffectJournal.Resolution answer : EffectJournal.Resolution.values()) {
                world.say(HENRY, thread, "call do_thing {\"name\":\"" + answer + "\"}");
                world.waitFor(HENRY, thread, ThreadStatus.NEEDS_ATTENTION);
                if (answer == EffectJournal.Resolution.RETRY) {
                    world.tools.add("do_thing", false, List.of("name"), call -> new ToolOutcome.Succeeded("done now"));
                }
                var unused = world.runtime.resolve(
                        HENRY, world.runtime.effects(HENRY, 1).get(0).id(), answer);
                world.waitFor(HENRY, thread, ThreadStatus.IDLE);
                world.tools.add("do_thing", false, List.of("name"), call -> new ToolOutcome.Unknown("no answer came"));
            }

            assertThat(replay(world, thread).divergence()).isEmpty();
        }
    }

    @Test
    void promise12_whatIsOutOfReachIsSoInTheReplayToo() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String thread = world.chat(HENRY);
            world.say(HENRY, thread, "hello");
            world.tools.gone = true;
            world.say(HENRY, thread, "call do_thing {\"name\":\"x\"}");
            world.tools.gone = false;
            world.say(HENRY, thread, "call do_thing {\"name\":\"x\"}");

            assertThat(replay(world, thread).divergence()).isEmpty();
        }
    }

    @Test
    void promise12_aForkReplaysFromWhereItBegan() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String parent = world.chat(HENRY);
            world.say(HENRY, parent, "call do_thing {\"name\":\"x\"}");
            String fork = world.runtime
                    .fork(HENRY, parent, new AgentRuntime.ForkWish(null, "call list_things {}", null))
                    .id();
            world.waitFor(HENRY, fork, ThreadStatus.IDLE);

            assertThat(replay(world, fork).divergence()).isEmpty();
        }
    }

    @Test
    void promise12_aBugInANodeIsFound_andToldWithThreadStepExpectedAndGot() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String thread = world.chat(HENRY);
            world.say(HENRY, thread, "call secret_thing {\"name\":\"x\"}");

            // The gate forgets to tell the model that it refused.
            Verdict verdict = replay(world, thread, StrictReplayTest::withoutRefusals);

            Recording recording = History.over(world.ports).recording(HENRY, thread);
            Divergence divergence = verdict.divergence().orElseThrow();
            assertThat(divergence.thread()).isEqualTo(thread);
            assertThat(divergence.step()).isEqualTo(3);
            assertThat(divergence.checkpoint())
                    .isEqualTo(recording.steps().get(2).id());
            assertThat(divergence.node()).isEqualTo("gate");
            assertThat(divergence.what()).isEqualTo("how many messages the step adds");
            assertThat(divergence.expected()).isEqualTo("1");
            assertThat(divergence.got()).isEqualTo("0");
            assertThat(divergence.line()).contains(thread, "step 3", "node gate", "expected 1", "got 0");
        }
    }

    private static Map<String, Object> withoutRefusals(String node, Map<String, Object> update) {
        Map<String, Object> broken = new HashMap<>(update);
        if (node.equals("gate")) {
            broken.put(ThreadState.MESSAGES, new ArrayList<Message>());
        }
        return broken;
    }
}
