package dev.countersign.endtoend;

import static dev.countersign.db.Searched.holding;
import static dev.countersign.endtoend.Rig.FOOD;
import static dev.countersign.endtoend.Rig.HENRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.app.HeardLog;
import dev.countersign.config.StoreConfig;
import dev.countersign.db.PostgresServer;
import dev.countersign.db.Stores;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.graph.AgentRuntime.Erased;
import dev.countersign.graph.AgentRuntime.ForkFate;
import dev.countersign.replay.Fixture;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A marker in everything that people say in the family's conversation is, once that is erased, in no file of the store, in no line
 * of the log, in no export, and in no copy of others that the receipt does not name.
 */
@Tag("store")
final class ErasedMarkerTest {
    private static final String MARKER = "quinquereme";

    @TempDir
    Path folder;

    private final HeardLog log = new HeardLog();

    @AfterEach
    void leave() {
        log.close();
    }

    @Test
    void promise13_afterAnEraseTheMarkerIsNowhere_butWhereTheReceiptSays() throws Exception {
        Path store = Stores.onPostgres() ? PostgresServer.shared().data() : folder.resolve("checkpoints");
        byte[] key;
        try (EmulatorServer emulator = EmulatorServer.start(
                        EmulatorConfig.inFile(Rig.KEY, Clock.systemUTC(), folder.resolve("permit/permit")));
                Rig rig = new Rig(folder, emulator, Map.of(), Rig::offline)) {
            String chat = converse(rig);
            key = rig.sealedKey(chat);
            onPostgres(rig, "CHECKPOINT");
            assertThat(holding(store, MARKER)).as("before the erasure").isEmpty();
            assertThat(holding(store, key)).as("the search finds what is there").isNotEmpty();
            erased(rig, chat);
            tell("right after the erasure", store, key);
            onPostgres(rig, "CHECKPOINT", "VACUUM message_log", "CHECKPOINT");
            tell("after a VACUUM", store, key);
            onPostgres(rig, "VACUUM FULL message_log", "CHECKPOINT");
        }
        tell("after the stop", store, key);
        assertThat(holding(store, MARKER)).as("the store's files").isEmpty();
        assertThat(holding(Stores.onPostgres() ? store.resolve("base") : store, key))
                .as("the sealed key, after the file was compacted, or the table written anew")
                .isEmpty();
        othersAreClean();
    }

    private static void onPostgres(Rig rig, String... statements) throws SQLException {
        StoreConfig store = rig.config.store();
        if (Stores.onPostgres()) {
            try (Connection connection = DriverManager.getConnection(
                            store.url(), store.user(), store.password().value());
                    Statement statement = connection.createStatement()) {
                for (String one : statements) {
                    statement.execute(one);
                }
            }
        }
    }

    private static void tell(String when, Path store, byte[] key) throws IOException {
        System.out.println("the sealed key of an erased conversation " + when + " is in "
                + holding(store, key).stream().map(store::relativize).toList());
    }

    /** Says it wherever one can: as title, message, reason and comment, and with an effect and a request that were carried out. */
    private static String converse(Rig rig) {
        var unused = rig.permit.unassign("henry", "child-can-view", "3");
        String chat = rig.runtime()
                .open(HENRY, FOOD, ThreadKind.CHAT, "title " + MARKER)
                .id();
        rig.follow(HENRY, chat);
        rig.say(HENRY, chat, "my diary says " + MARKER + ", remember that");
        rig.say(HENRY, chat, "order Fries from Burger Bonanza");
        rig.say(HENRY, chat, "show me the menu of Fancy French");
        rig.say(HENRY, chat, "because grandma " + MARKER + " visits us");
        rig.approve(HENRY, chat, "joe", "enjoy the " + MARKER);
        rig.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(rig.lastText(HENRY, chat)).contains(MARKER);
        assertThat(rig.runtime().approvals(HENRY, chat).get(0).reason()).contains(MARKER);
        assertThat(rig.orders()).isNotEmpty();
        return chat;
    }

    private void erased(Rig rig, String chat) throws IOException {
        String other = rig.chat(HENRY, FOOD);
        rig.say(HENRY, other, "show me the restaurants");
        rig.quiet(chat);
        Erased receipt = rig.runtime().erase(HENRY, chat, ForkFate.REFUSE);
        rig.say(HENRY, other, "thank you");

        assertThatThrownBy(() -> rig.history().recording(HENRY, chat)).hasMessageContaining("CS-212");
        assertThat(Fixture.write(rig.history().recording(HENRY, other), false)).doesNotContain(MARKER);
        assertThat(rig.runtime().threads(HENRY, null, 100).toString()).doesNotContain(MARKER);
        assertThat(rig.logged(chat).toString()).contains("ERASED").doesNotContain(MARKER);
        assertThat(holding(folder.resolve("permit"), MARKER))
                .as("at Permit, which keeps it")
                .isNotEmpty();
        assertThat(receipt.remains()).anyMatch(line -> line.startsWith("Permit: its requests, with reasons"));
        assertThat(receipt.remains()).anyMatch(line -> line.startsWith("the tools' servers"));
        assertThat(receipt.requests()).hasSize(1);
    }

    /** The food server's store has its orders, and none of the words; nor have the log and what else lies beside the store. */
    private void othersAreClean() throws IOException {
        assertThat(holding(folder, MARKER).stream()
                        .map(file -> folder.relativize(file).toString())
                        .filter(file -> !file.startsWith("permit")))
                .isEmpty();
        assertThat(holding(folder.resolve("state"), "Fries"))
                .as("the food server's store")
                .isNotEmpty();
        log.lines()
                .forEach(
                        (form, lines) -> assertThat(lines).as(form).isNotEmpty().doesNotContain(MARKER));
    }
}
