package dev.countersign.endtoend;

import static dev.countersign.endtoend.Rig.FOOD;
import static dev.countersign.endtoend.Rig.HENRY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.core.Json;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.log.LogRow;
import dev.countersign.thread.ThreadStatus;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the family's story leaves in the decision log. */
@Tag("store")
final class DecisionLogStoryTest {
    @TempDir
    Path folder;

    @Test
    void promise11_theFamilysStoryLeavesEachRequestDecisionDispatchAndOutcomeInOrder_andNoText() {
        try (EmulatorServer emulator = EmulatorServer.start(EmulatorConfig.inMemory(Rig.KEY, Clock.systemUTC()));
                Rig rig = new Rig(folder, emulator, Map.of(), Rig::offline)) {
            String chat = rig.chat(HENRY, FOOD);
            rig.say(HENRY, chat, "show me the menu of Fancy French");
            rig.say(HENRY, chat, "because quagmire birthday is today");
            String access = rig.approve(HENRY, chat, "joe", "enjoy the zeppelin");
            rig.waitFor(HENRY, chat, ThreadStatus.IDLE);
            rig.restart();
            rig.follow(HENRY, chat);
            rig.say(HENRY, chat, "order Truffle Pasta at Fancy French");
            rig.say(HENRY, chat, "because xylophone practice went well");
            String denied = rig.deny(HENRY, chat, "joe", "we kazoo tonight");
            rig.waitFor(HENRY, chat, ThreadStatus.IDLE);
            rig.say(HENRY, chat, "order Truffle Pasta at Fancy French");
            rig.say(HENRY, chat, "because xylophone practice went well again");
            String operation = rig.approve(HENRY, chat, "joe", "well then");
            rig.waitFor(HENRY, chat, ThreadStatus.IDLE);
            assertThat(rig.orders()).hasSize(1);

            List<LogRow> rows = rig.logged(chat);
            assertThat(rows)
                    .extracting(row -> row.kind() + " " + fact(row, "tool"))
                    .containsExactly(
                            "REQUEST_BEGUN create_access_request",
                            "REQUEST_FILED create_access_request",
                            "APPROVED create_access_request",
                            "SPENT create_access_request",
                            "EFFECT_DISPATCHED order_dish",
                            "EFFECT_FAILED order_dish",
                            "REQUEST_BEGUN create_operation_approval",
                            "REQUEST_FILED create_operation_approval",
                            "DENIED create_operation_approval",
                            "EFFECT_DISPATCHED order_dish",
                            "EFFECT_FAILED order_dish",
                            "REQUEST_BEGUN create_operation_approval",
                            "REQUEST_FILED create_operation_approval",
                            "APPROVED create_operation_approval",
                            "SPENT create_operation_approval",
                            "EFFECT_DISPATCHED order_dish",
                            "EFFECT_SUCCEEDED order_dish");
            assertThat(rows)
                    .filteredOn(
                            row -> row.kind().equals("APPROVED") || row.kind().equals("DENIED"))
                    .extracting(row -> row.actor() + " " + fact(row, "request"))
                    .containsExactly("joe " + access, "joe " + denied, "joe " + operation);
            assertThat(rows)
                    .filteredOn(
                            row -> row.kind().startsWith("EFFECT") || row.kind().startsWith("REQUEST"))
                    .allSatisfy(row -> assertThat(row.actor()).isEqualTo("henry"));
            assertThat(rows).allSatisfy(DecisionLogStoryTest::holdsNoText);
        }
    }

    private static String fact(LogRow row, String name) {
        return Json.read(row.detail()).path(name).asText();
    }

    private static void holdsNoText(LogRow row) {
        assertThat(row.toString())
                .doesNotContainIgnoringCase("quagmire")
                .doesNotContainIgnoringCase("zeppelin")
                .doesNotContainIgnoringCase("xylophone")
                .doesNotContainIgnoringCase("kazoo")
                .doesNotContainIgnoringCase("Truffle")
                .doesNotContainIgnoringCase("well then")
                .doesNotContain("restaurant");
    }
}
