package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.graph.AgentRuntime.Live;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.ThreadStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Some steps are written together with what follows them. Whatever changes something outside finds the step that led to it stored, so
 * that a crash there goes on with that step and judges nothing anew.
 */
@Tag("store")
@SuppressWarnings("NullAway.Init")
final class StoredFirstTest {
    private static final String DROP = "call drop_thing {\"name\":\"x\"}";

    @TempDir
    Path folder;

    private final List<String> stood = new CopyOnWriteArrayList<>();
    private Runnable atModel = () -> {};
    private World world;
    private String chat;

    @BeforeEach
    void open() {
        ScriptedModel obedient = ScriptedModel.obedient();
        world = new World(folder, new ScriptedModel(last -> {
            atModel.run();
            return obedient.answer(last);
        }));
        chat = world.chat(HENRY);
        world.tools.before = call -> stood.add(call.tool() + " before " + next());
    }

    @AfterEach
    void close() {
        world.close();
    }

    /** The node that the stored thread goes on with. */
    private String next() {
        return world.ports.threads().get(chat).headNext();
    }

    @Test
    void promise4_whenAnEffectIsSent_theStepThatAllowedItIsStored() {
        world.say(HENRY, chat, "call do_thing {\"name\":\"x\"}");
        assertThat(stood).containsExactly("do_thing before tools");
    }

    @Test
    void aToolThatOnlyReads_waitsForNothing_andItsStepsAreStoredWithItsResult() {
        world.say(HENRY, chat, "call list_things {}");
        assertThat(stood).containsExactly("list_things before gate");
        assertThat(world.lastText(HENRY, chat)).contains("list_things said");
        assertThat(world.ports.checkpoints().page(chat, Long.MAX_VALUE, 100))
                .extracting(step -> step.node())
                .containsExactly("reply", "model", "tools", "gate", "model", "__START__");
    }

    @Test
    void promise3_whenARequestIsFiled_theStepThatWantsItIsStored() {
        world.say(HENRY, chat, DROP);
        assertThat(stood).containsExactly("create_operation_approval before request");
    }

    @Test
    void aFilingIsTold_beforeTheModelHasAnsweredToIt() {
        List<String> told = new ArrayList<>();
        atModel = () -> world.news.stream()
                .filter(live -> live.kind() == Live.Kind.TOOL)
                .forEach(live -> told.add(live.data().path("position") + " " + live.text()));
        world.say(HENRY, chat, DROP);
        assertThat(told).containsExactly("3 drop_thing is done");
        assertThat(world.news.stream().filter(live -> live.kind() == Live.Kind.TOOL))
                .hasSize(1);
    }

    @Test
    void promise3_aTurnThatBreaksOffAfterItsFiling_isAnsweredAlike_andFilesNothing() {
        AtomicBoolean breaks = new AtomicBoolean(true);
        atModel = () -> {
            if (!stood.isEmpty() && breaks.getAndSet(false)) {
                stood.add("model before " + next());
                throw new AssertionError("broken off, as a kill would");
            }
        };

        world.runtime.send(HENRY, chat, DROP);
        world.waitFor(HENRY, chat, ThreadStatus.PARKED);

        assertThat(stood).containsExactly("create_operation_approval before request", "model before request");
        assertThat(world.permit.count("file")).isEqualTo(1);
        String request = Objects.requireNonNull(world.approval(HENRY, chat, 0).requestId());
        assertThat(world.lastText(HENRY, chat)).contains("drop_thing said").contains(request);
        assertThat(world.ports.checkpoints().page(chat, Long.MAX_VALUE, 100))
                .extracting(step -> step.node())
                .containsExactly("reply", "model", "request", "gate", "model", "__START__");
        world.permit.approve(RequestKind.OPERATION, request, "joe", null);
        world.runtime.wake(request);
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(world.tools.count("drop_thing")).isEqualTo(1);
    }

    @Test
    void promise6_whenAnApprovedCallIsSent_itsDecisionIsTakenUp() {
        world.say(HENRY, chat, DROP);
        String request = Objects.requireNonNull(world.approval(HENRY, chat, 0).requestId());
        world.permit.approve(RequestKind.OPERATION, request, "joe", null);
        world.runtime.wake(request);
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(stood).last().isEqualTo("drop_thing before settle");
    }

    @Test
    void promise6_whenARequestIsWithdrawnAtPermit_theWithdrawalIsTakenUp() {
        world.say(HENRY, chat, DROP);
        world.permit.beforeNextCancel = () -> stood.add("cancel before " + next());
        world.runtime.withdraw(HENRY, world.approval(HENRY, chat, 0).id());
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(stood).last().isEqualTo("cancel before settle");
    }
}
