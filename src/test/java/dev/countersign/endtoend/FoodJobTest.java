package dev.countersign.endtoend;

import static dev.countersign.endtoend.Rig.FOOD;
import static dev.countersign.endtoend.Rig.HENRY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.mcpserver.food.Order;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs over the food server, worked off by the offline model: a goal, nobody typing, and people who decide in between. */
@Tag("store")
final class FoodJobTest {
    /** Henry asks once for Fancy French, then for two dishes that are too dear for a child. */
    private static final String GOAL = """
            Prepare my birthday party. The reason is that it is my birthday party.
            - show me the menu of Pizza Palace
            - show me the menu of Burger Bonanza
            - order Cheese Pizza from Pizza Palace
            - order Veggie Pizza from Pizza Palace
            - order Classic Burger from Burger Bonanza
            - order Fries from Burger Bonanza
            - order Fries from Burger Bonanza
            - show me the menu of Fancy French
            - order Truffle Pasta from Fancy French
            - order Cheese Pizza from Pizza Palace
            - order Classic Burger from Burger Bonanza
            - order Foie Gras from Fancy French
            - order Veggie Pizza from Pizza Palace
            - order Fries from Burger Bonanza
            """;

    @TempDir
    Path folder;

    private static EmulatorServer family() {
        return EmulatorServer.start(EmulatorConfig.inMemory(Rig.KEY, Clock.systemUTC()));
    }

    private static long toolCalls(Rig rig, String job) {
        return rig.transcript(HENRY, job).stream()
                .flatMap(entry -> entry.calls().stream())
                .filter(call -> !call.tool().equals("await_decision"))
                .count();
    }

    @Test
    void aJobOfTwentyCallsWithTwoApprovalsARestartAndADenialEndsWithAResult() throws IOException {
        // A chat would have forgotten its beginning: a job must not, or it would do again what it has done.
        installAgent("window: \\d+", "window: 12");
        try (EmulatorServer emulator = family();
                Rig rig = new Rig(folder, emulator, Map.of(), Rig::offline)) {
            String job = rig.runtime().open(HENRY, FOOD, ThreadKind.JOB, GOAL).id();
            rig.approve(HENRY, job, "joe", "have a nice party");
            rig.waitForApprovals(HENRY, job, 2);
            rig.restart();
            rig.approve(HENRY, job, "joe", "because it is a birthday");
            rig.waitForApprovals(HENRY, job, 3);
            rig.deny(HENRY, job, "jane", "one dear dish is enough");

            ThreadView done = rig.waitFor(HENRY, job, ThreadStatus.DONE);
            assertThat(done.result()).contains("one dear dish is enough").contains("Truffle Pasta");
            assertThat(toolCalls(rig, job)).isGreaterThanOrEqualTo(20);
            assertThat(rig.runtime().approvals(HENRY, job))
                    .extracting(approval -> approval.kind() + " " + approval.state())
                    .containsExactly("access spent", "operation spent", "operation denied");
            assertThat(rig.orders())
                    .extracting(Order::dish)
                    .containsExactly(
                            "Cheese Pizza",
                            "Veggie Pizza",
                            "Classic Burger",
                            "Fries",
                            "Fries",
                            "Truffle Pasta",
                            "Cheese Pizza",
                            "Classic Burger",
                            "Veggie Pizza",
                            "Fries");
        }
    }

    @Test
    void theStepLimitOfTheAgentFileStopsAJob() throws IOException {
        installAgent("job_steps: \\d+", "job_steps: 5");
        try (EmulatorServer emulator = family();
                Rig rig = new Rig(folder, emulator, Map.of(), Rig::offline)) {
            String job = rig.runtime().open(HENRY, FOOD, ThreadKind.JOB, GOAL).id();
            ThreadView stopped = rig.waitFor(HENRY, job, ThreadStatus.FAILED);
            assertThat(stopped.result()).contains("5 steps");
            assertThat(toolCalls(rig, job)).isEqualTo(5);
            assertThat(rig.orders()).extracting(Order::dish).containsExactly("Cheese Pizza", "Veggie Pizza");
        }
    }

    /** The shipped agent with one limit changed. */
    private void installAgent(String limit, String changed) throws IOException {
        Path graphs = Files.createDirectories(folder.resolve("graphs"));
        Files.copy(Path.of("graphs/food-ordering.examples.yaml"), graphs.resolve("food-ordering.examples.yaml"));
        String agent = Files.readString(Path.of("graphs/food-ordering.yaml"));
        assertThat(agent).containsPattern(limit);
        Files.writeString(graphs.resolve("food-ordering.yaml"), agent.replaceFirst(limit, changed));
    }
}
