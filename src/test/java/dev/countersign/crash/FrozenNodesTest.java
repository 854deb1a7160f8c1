package dev.countersign.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.permit.RequestStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node's process is stopped as a whole (SIGSTOP) at a boundary, until its lease has run out and another process has brought
 * the conversation to its end; then it goes on. It writes nothing any more, and sends nothing but what it had journaled as
 * dispatched, which the other one has called unknown.
 */
final class FrozenNodesTest {
    /** What becomes of the effect. */
    private enum Effect {
        /** The other node makes it. */
        ONCE("SUCCEEDED 1", "SUCCEEDED 1"),
        /** It was made before, and nobody knows. */
        MADE_BEFORE("UNKNOWN 1", "UNKNOWN 1"),
        /** It was on its way out of the process. */
        MADE_LATE("UNKNOWN 0", "UNKNOWN 1"),
        /** It was not on its way yet, and stays here. */
        NOT_MADE("UNKNOWN 0", "UNKNOWN 0");

        private final String whileStopped;
        private final String afterwards;

        Effect(String whileStopped, String afterwards) {
            this.whileStopped = whileStopped;
            this.afterwards = afterwards;
        }
    }

    /**
     * A process stopped.
     *
     * @param passing of the boundary, from 1
     * @param late what it sends to Permit afterwards that changes something there: it was on its way out of the process
     */
    private record Stop(Boundary at, int passing, Effect effect, List<String> late) {
        Stop(Boundary at, int passing, Effect effect) {
            this(at, passing, effect, List.of());
        }
    }

    @TempDir
    Path folder;

    @Test
    void promise2_aProcessStoppedPastItsLease_writesNothingAndSendsNothing() {
        complaintsAre(
                new Stop(Boundary.AFTER_DISPATCH_COMMIT, 1, Effect.NOT_MADE),
                new Stop(Boundary.BEFORE_SETTLE_PUT, 1, Effect.ONCE));
    }

    @Test
    @Tag("long")
    void promise2_aProcessStoppedPastItsLeaseAtAnyBoundary_writesNothingAndSendsNothing() {
        complaintsAre(Stream.of(
                        Boundary.BEFORE_LEASE_COMMIT,
                        Boundary.AFTER_LEASE_COMMIT,
                        Boundary.BEFORE_CONSUME_PUT,
                        Boundary.AFTER_CONSUME_PUT,
                        Boundary.IN_MODEL_CALL,
                        Boundary.BEFORE_CHECKPOINT_PUT,
                        Boundary.AFTER_CHECKPOINT_PUT,
                        Boundary.BEFORE_FILING_COMMIT,
                        Boundary.AFTER_FILING_COMMIT,
                        Boundary.AFTER_FILING_AT_PERMIT,
                        Boundary.BEFORE_FILED_COMMIT,
                        Boundary.BEFORE_PARK_COMMIT,
                        Boundary.BEFORE_CLAIM_COMMIT,
                        Boundary.BEFORE_SPEND_COMMIT,
                        Boundary.AFTER_SPEND_COMMIT,
                        Boundary.AFTER_UNASSIGN_AT_PERMIT,
                        Boundary.BEFORE_DISPATCH_COMMIT,
                        Boundary.AFTER_OUTCOME_COMMIT,
                        Boundary.BEFORE_SETTLE_PUT,
                        Boundary.AFTER_SETTLE_PUT,
                        Boundary.BEFORE_END_PUT)
                .map(at -> new Stop(at, 1, Effect.ONCE))
                .toArray(Stop[]::new));
    }

    @Test
    @Tag("long")
    void promise2_aProcessStoppedPastItsLeaseInASecondTurn_writesNothingAndSendsNothing() {
        // It takes its decision up in the transaction that spends it, and the first turn writes its filing's step as it
        // parks: those
        // boundaries stand above. While the model is asked for the second time that step is in memory only.
        complaintsAre(
                new Stop(Boundary.BEFORE_LEASE_COMMIT, 2, Effect.ONCE),
                new Stop(Boundary.IN_MODEL_CALL, 2, Effect.ONCE));
    }

    @Test
    @Tag("long")
    void promise4_whatAStoppedProcessHadDispatched_isUnknownAtTheNewOwner() {
        complaintsAre(
                new Stop(Boundary.BEFORE_TOOL_CALL, 1, Effect.MADE_LATE),
                new Stop(Boundary.AFTER_EFFECT, 1, Effect.MADE_BEFORE),
                new Stop(Boundary.BEFORE_OUTCOME_COMMIT, 1, Effect.MADE_BEFORE));
    }

    @Test
    @Tag("long")
    void promise3_aFilingThatWasOnItsWayOutOfAStoppedProcess_isWithdrawn() {
        complaintsAre(new Stop(
                Boundary.BEFORE_FILING_AT_PERMIT, 1, Effect.ONCE, List.of("POST /operation_approval", "PUT /cancel")));
    }

    private void complaintsAre(Stop... stops) {
        List<String> complaints = new ArrayList<>();
        Pair pair = null;
        for (Stop stop : stops) {
            try {
                pair = pair == null ? new Pair(folder) : pair;
                pair.run(stop);
            } catch (RuntimeException | AssertionError e) {
                complaints.add(stop + ": " + e.getMessage() + (pair == null ? "" : pair.last()));
                if (pair != null) {
                    pair.close();
                    pair = null;
                }
            }
        }
        if (pair != null) {
            pair.close();
        }
        assertThat(complaints).isEmpty();
    }

    /** Two processes; the one is stopped, the other takes over. They serve for one stop after the other. */
    private static final class Pair implements AutoCloseable {
        private final Path folder;
        private final NodeProcess stopping;
        private final NodeProcess other;

        Pair(Path folder) {
            this.folder = folder;
            this.stopping = NodeProcess.start(folder.resolve("stopping"));
            this.other = NodeProcess.start(folder.resolve("other"));
        }

        void run(Stop stop) {
            try (Scene scene = Scene.open(folder.resolve(stop.at() + "-" + stop.passing()))) {
                stopping.tell(scene.openingThatStops(stop.at(), stop.passing()));
                stopping.hear("open");
                String chat = scene.chat();
                stopping.tell("say " + chat + " call drop_thing {\"name\":\"x\"}");
                scene.until("stopped at " + stop, () -> {
                    scene.approve(chat);
                    return stopping.isStopped();
                });
                // So that the first sweep finds it, and not the next.
                scene.until("the lease run out", scene::nobodyHoldsALease);
                other.tell(scene.opening());
                other.hear("open");
                boolean known = stop.effect() == Effect.ONCE;
                scene.until("the other at the end", () -> {
                    if (scene.approve(chat)) {
                        other.tell("wake");
                    }
                    return scene.resting(known ? "IDLE" : "NEEDS_ATTENTION") == 1
                            && scene.effects().size() == 1;
                });
                // It may have been woken once more, and takes the lease for that: the rows are still when it is gone.
                other.tell("close");
                other.hear("close");
                compare(scene, stop);
            }
        }

        private void compare(Scene scene, Stop stop) {
            List<String> before = scene.rows();
            int asked = scene.emulator.requestLog().all().size();
            assertThat(scene.effects()).as("while it stood still").containsExactly(stop.effect().whileStopped);
            stopping.goOn();
            // It has ended its turns, as far as it comes with them, before it says so.
            stopping.tell("close");
            stopping.hear("close");
            List<String> late = changes(scene, asked);
            assertThat(differences(before, scene.rows())).as("rows").isEmpty();
            assertThat(scene.effects()).as("when it went on").containsExactly(stop.effect().afterwards);
            assertThat(late).as("sent to Permit").isEqualTo(stop.late());
            assertThat(scene.requests().stream().filter(status -> status != RequestStatus.CANCELED))
                    .hasSize(1);
            assertThat(scene.logIsWhole()).isTrue();
        }

        /** Rows that stand in one of them only. */
        private static List<String> differences(List<String> before, List<String> after) {
            List<String> all = new ArrayList<>();
            before.stream().filter(row -> !after.contains(row)).forEach(row -> all.add("before: " + row));
            after.stream().filter(row -> !before.contains(row)).forEach(row -> all.add("after: " + row));
            return all;
        }

        /** What has changed something at Permit since then, as its method and the end of its path. */
        private static List<String> changes(Scene scene, int since) {
            return scene.emulator.requestLog().all().stream()
                    .skip(since)
                    .filter(request -> !request.method().equals("GET"))
                    .filter(request -> !request.path().contains("login"))
                    .map(request -> request.method() + " "
                            + request.path().substring(request.path().lastIndexOf('/')))
                    .toList();
        }

        String last() {
            return "\nstopped one: " + stopping.last() + "\nother: " + other.last();
        }

        @Override
        public void close() {
            stopping.close();
            other.close();
        }
    }
}
