package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.mcpserver.FakePermit;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.ThreadStatus;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The role that an operation approval gives at Permit is good for one call, on one instance. */
@Tag("store")
@Tag("sample")
final class OneTimeRoleTest {
    private static final String CALL = "call drop_thing {\"name\":\"x\"}";
    private static final String ROLE = "_Approved_";

    @TempDir
    Path folder;

    /** Parks a gated call and has it approved; the runtime is not told. */
    private static String approved(World world) {
        String chat = world.chat(HENRY);
        world.say(HENRY, chat, CALL);
        assertThat(world.tools.count("drop_thing")).isZero();
        String request = Objects.requireNonNull(world.approval(HENRY, chat, 0).requestId());
        world.permit.approve(RequestKind.OPERATION, request, "joe", null);
        return chat;
    }

    private static void resume(World world, String chat) {
        world.runtime.wake();
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
    }

    @Test
    void aGatedCallRunsOnceAfterItsApproval_andSpendsTheOneTimeRole() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String chat = approved(world);
            resume(world, chat);
            assertThat(world.tools.count("drop_thing")).isEqualTo(1);
            assertThat(world.permit.count("unassign")).isEqualTo(1);
            assertThat(world.lastText(HENRY, chat)).contains("dropped");

            world.say(HENRY, chat, CALL);
            assertThat(world.tools.count("drop_thing")).isEqualTo(1);
            assertThat(world.runtime.thread(HENRY, chat).status()).isEqualTo(ThreadStatus.PARKED);
            assertThat(world.runtime.approvals(HENRY, chat)).hasSize(2);
        }
    }

    @Test
    void anApprovalThatWasUsedElsewhereRunsNothing() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String chat = approved(world);
            assertThat(world.permit.unassign("henry", ROLE, "3")).isTrue();
            resume(world, chat);
            assertThat(world.tools.count("drop_thing")).isZero();
            assertThat(world.lastText(HENRY, chat)).contains("already used");
        }
    }

    @Test
    void theSameRoleOnAnotherInstanceDoesNotCount_andIsLeftAlone() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String chat = approved(world);
            world.permit.assign("henry", ROLE, "1");
            assertThat(world.permit.unassign("henry", ROLE, "3")).isTrue();
            resume(world, chat);
            assertThat(world.tools.count("drop_thing")).isZero();
            // The one of this test: nothing was taken away, since nothing was found.
            assertThat(world.permit.count("unassign")).isEqualTo(1);
            assertThat(world.permit.roles("henry"))
                    .anyMatch(role -> role.role().equals(ROLE) && "restaurants:1".equals(role.resourceInstance()));
        }
    }

    @Test
    void anInstanceThatIsNamedByItsKeyIsNotLookedUp() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String chat = approved(world);
            long before = world.permit.count("instance");
            resume(world, chat);
            assertThat(world.tools.count("drop_thing")).isEqualTo(1);
            assertThat(world.permit.count("instance")).isEqualTo(before);
        }
    }

    @Test
    void anInstanceThatIsNamedByItsIdIsKnownAllTheSame() {
        String id = new FakePermit().instance("3").orElseThrow().id();
        try (World world = new World(folder, id)) {
            resume(world, approved(world));
            assertThat(world.tools.count("drop_thing")).isEqualTo(1);
        }
    }
}
