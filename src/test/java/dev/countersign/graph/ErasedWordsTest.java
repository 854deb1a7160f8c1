package dev.countersign.graph;

import static dev.countersign.db.Searched.holding;
import static dev.countersign.graph.World.HENRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.app.HeardLog;
import dev.countersign.db.PostgresServer;
import dev.countersign.db.Stores;
import dev.countersign.graph.AgentRuntime.Erased;
import dev.countersign.graph.AgentRuntime.ForkFate;
import dev.countersign.permit.RequestKind;
import dev.countersign.replay.Fixture;
import dev.countersign.replay.History;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.ToolOutcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A marker in everything that people and tools say in a conversation is, once that is erased, in no file of the store, in no line of
 * the log, and in no export.
 */
@Tag("store")
final class ErasedWordsTest {
    private static final String MARKER = "quinquereme";

    @TempDir
    Path folder;

    private final HeardLog log = new HeardLog();

    @AfterEach
    void leave() {
        log.close();
    }

    @Test
    void promise13_afterAnEraseTheMarkerIsInNoFileOfTheStore_inNoLineOfTheLog_andInNoExport() throws IOException {
        Path store = Stores.onPostgres() ? PostgresServer.shared().data() : folder;
        byte[] key;
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String chat = converse(world);
            key = sealedKey(world);
            onPostgres(world, "CHECKPOINT");
            assertThat(holding(store, MARKER)).as("before the erasure").isEmpty();
            assertThat(holding(store, chat))
                    .as("the search finds what is there in the clear")
                    .isNotEmpty();
            erased(world, chat);
            onPostgres(world, "CHECKPOINT");
            tell("right after the erasure", store, key);
            onPostgres(world, "VACUUM message_log", "CHECKPOINT");
            tell("after a VACUUM", store, key);
            onPostgres(world, "VACUUM FULL message_log", "CHECKPOINT");
        }
        tell("after the stop", store, key);
        assertThat(holding(store, MARKER)).as("the store's files").isEmpty();
        assertThat(holding(Stores.onPostgres() ? store.resolve("base") : store, key))
                .as("the sealed key, after the file was compacted, or the table written anew")
                .isEmpty();
        log.lines()
                .forEach(
                        (form, lines) -> assertThat(lines).as(form).isNotEmpty().doesNotContain(MARKER));
    }

    private static void onPostgres(World world, String... statements) {
        if (Stores.onPostgres()) {
            world.database.jdbi().useHandle(handle -> List.of(statements).forEach(handle::execute));
        }
    }

    private static void tell(String when, Path store, byte[] key) throws IOException {
        System.out.println("the sealed key of an erased conversation " + when + " is in "
                + holding(store, key).stream().map(store::relativize).toList());
    }

    /** Says it wherever one can: as title, message, argument, outcome, reason and comment. */
    private static String converse(World world) {
        world.tools.add("do_thing", false, List.of("name"), call -> new ToolOutcome.Succeeded("done " + MARKER));
        String chat = world.runtime
                .open(HENRY, "things", ThreadKind.CHAT, "title " + MARKER)
                .id();
        var unused = world.runtime.listen(HENRY, chat, world.news::add);
        world.say(HENRY, chat, "my diary says " + MARKER);
        world.say(HENRY, chat, "call do_thing {\"name\":\"" + MARKER + "\"}");
        world.say(
                HENRY,
                chat,
                "call create_access_request {\"resource_instance\":\"3\",\"role\":\"child-can-view\",\"reason\":\""
                        + MARKER + "\"}");
        world.waitFor(HENRY, chat, ThreadStatus.PARKED);
        String request = Objects.requireNonNull(world.approval(HENRY, chat, 0).requestId());
        world.permit.approve(RequestKind.ACCESS, request, "joe", "enjoy " + MARKER);
        world.runtime.wake();
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        world.quiet();
        assertThat(world.transcript(HENRY, chat).toString()).contains("enjoy " + MARKER, "done " + MARKER);
        assertThat(world.approval(HENRY, chat, 0).reason()).contains(MARKER);
        return chat;
    }

    private static void erased(World world, String chat) {
        String other = world.chat(HENRY);
        world.say(HENRY, other, "something else");
        world.quiet();
        Erased receipt = world.runtime.erase(HENRY, chat, ForkFate.REFUSE);

        History history = History.over(world.ports);
        assertThatThrownBy(() -> history.recording(HENRY, chat)).hasMessageContaining("CS-212");
        assertThat(Fixture.write(history.recording(HENRY, other), false)).doesNotContain(MARKER);
        assertThat(world.runtime.threads(HENRY, null, 100).toString()).doesNotContain(MARKER);
        assertThat(world.ports.log().page(0, 1_000).rows().toString())
                .contains(chat, "ERASED")
                .doesNotContain(MARKER);
        assertThat(receipt.remains())
                .anyMatch(line -> line.startsWith("Permit: its requests, with reasons"))
                .anyMatch(line -> line.startsWith("the tools' servers"))
                .anyMatch(line -> line.startsWith("the store's files: the sealed key"));
        assertThat(receipt.requests()).hasSize(1);
    }

    private static byte[] sealedKey(World world) {
        return world.database
                .jdbi()
                .withHandle(handle -> handle.createQuery("SELECT wrapped_key FROM message_log")
                        .mapTo(byte[].class)
                        .one());
    }
}
