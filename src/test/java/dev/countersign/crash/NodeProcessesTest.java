package dev.countersign.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.permit.RequestStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes, each a process of its own, over one PostgreSQL store and one Permit: one of them is killed in the middle. */
final class NodeProcessesTest {
    @TempDir
    Path folder;

    @Test
    void promise1_aNodesProcessIsKilledWhileDecisionsPourIn_theOtherFinishesEach_once() {
        oneIsKilled(12);
    }

    @Test
    @Tag("long")
    void promise1_aNodesProcessIsKilledWhileDecisionsPourIn_theOtherFinishesEach_once_manyThreads() {
        oneIsKilled(200);
    }

    private void oneIsKilled(int threads) {
        try (Scene scene = Scene.open(folder);
                NodeProcess doomed = NodeProcess.start(folder.resolve("doomed"));
                NodeProcess other = NodeProcess.start(folder.resolve("other"))) {
            List<NodeProcess> both = List.of(doomed, other);
            both.forEach(node -> node.tell(scene.opening()));
            both.forEach(node -> node.hear("open"));
            List<String> chats = park(scene, both, threads);
            int first = threads / 2;
            for (int i = 0; i < first; i++) {
                assertThat(scene.approve(chats.get(i))).isTrue();
                both.get(i % 2).tell("wake");
            }
            scene.until("some effects", () -> scene.errand.effects().lines().size() >= Math.max(1, threads / 5));
            doomed.kill();
            for (String chat : chats.subList(first, threads)) {
                assertThat(scene.approve(chat)).isTrue();
                other.tell("wake");
            }
            scene.until("every thread at rest", () -> {
                other.tell("wake");
                return scene.resting("IDLE", "NEEDS_ATTENTION") == threads;
            });
            look(scene, chats);
        }
    }

    private static List<String> park(Scene scene, List<NodeProcess> both, int threads) {
        List<String> chats = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            String chat = scene.chat();
            chats.add(chat);
            both.get(i % 2)
                    .tell("say " + chat
                            + " call create_access_request {\"resource_instance\":\"3\",\"role\":\"child-can-view\",\"reason\":\"r\"}"
                            + " then do_thing {\"name\":\"thing-" + i + "\"}");
        }
        scene.until("every thread parked", () -> scene.resting("PARKED") == threads);
        return chats;
    }

    private static void look(Scene scene, List<String> chats) {
        List<String> effects = scene.effects();
        long unknown = effects.stream().filter(one -> one.startsWith("UNKNOWN")).count();
        assertThat(effects)
                .hasSize(chats.size())
                .allMatch(
                        one -> List.of("SUCCEEDED 1", "UNKNOWN 0", "UNKNOWN 1").contains(one));
        assertThat(unknown).as("calls on their way at the kill").isLessThanOrEqualTo(Node.WORKERS);
        assertThat(scene.resting("NEEDS_ATTENTION")).isEqualTo(unknown);
        assertThat(scene.errand.effects().lines().stream()
                        .map(line -> line.split(" ", -1)[1])
                        .toList())
                .doesNotHaveDuplicates()
                .hasSizeBetween(chats.size() - (int) unknown, chats.size());
        assertThat(chats).allMatch(chat -> scene.approvalsTold(chat) == 1);
        assertThat(scene.requests()).hasSize(chats.size()).containsOnly(RequestStatus.APPROVED);
        assertThat(scene.logIsWhole()).isTrue();
        for (String kind : List.of("REQUEST_FILED", "APPROVED", "SPENT")) {
            assertThat(scene.count("SELECT count(*) FROM decision_log WHERE kind = '" + kind + "'"))
                    .as(kind)
                    .isEqualTo(chats.size());
        }
    }
}
