package dev.countersign.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.crash.Lane.Halt;
import dev.countersign.crash.Lane.On;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A process is halted at every durable boundary of a conversation, started again, and driven to the end. Afterwards: no effect,
 * request or decision twice, none lost, every ambiguous effect unknown, and a store that can be used.
 */
final class CrashMatrixTest {
    private static final int LANES = 2;
    /** How often each boundary is halted at in a long run; {@code -Dcrash.rounds=1} where time is short. */
    static final int ROUNDS = Integer.getInteger("crash.rounds", 3);

    /** Of all boundaries on H2, every so many in a short run. */
    private static final int SHORT_STRIDE = 4;

    private static final List<Boundary> SHORT_ON_POSTGRESQL = List.of(
            Boundary.AFTER_EVENT_COMMIT,
            Boundary.AFTER_FILING_AT_PERMIT,
            Boundary.AFTER_EFFECT,
            Boundary.AFTER_SPEND_COMMIT);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRESQL"})
    void aConversationPassesEveryBoundary(On on) {
        Map<Boundary, Integer> passed = dryRun(folder, on);
        for (Boundary boundary : Boundary.values()) {
            assertThat(passed.containsKey(boundary))
                    .as(boundary + " on " + on + ": whether its statement is still recognised by Trip")
                    .isEqualTo(boundary.isOn(on == On.POSTGRESQL));
        }
    }

    @Test
    void promise4_haltedAtABoundary_nothingIsLostAndNothingHappensTwice() {
        List<Halt> halts = new ArrayList<>();
        List<Boundary> all = List.of(Boundary.values());
        for (int i = 0; i < all.size(); i += SHORT_STRIDE) {
            halts.add(new Halt(all.get(i), 1, On.H2));
        }
        SHORT_ON_POSTGRESQL.forEach(boundary -> halts.add(new Halt(boundary, 1, On.POSTGRESQL)));
        assertThat(complaintsOf(halts)).isEmpty();
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource(names = {"H2", "POSTGRESQL"})
    void promise4_haltedAtEveryBoundaryThreeTimes_nothingIsLostAndNothingHappensTwice(On on) {
        assertThat(complaintsOf(all(on))).isEmpty();
    }

    /** Three halts at each boundary: at its first, second and third passing, or at the last that is sure to come. */
    private List<Halt> all(On on) {
        Map<Boundary, Integer> passed = dryRun(folder, on);
        List<Halt> halts = new ArrayList<>();
        passed.forEach((boundary, times) -> {
            for (int round = 1; round <= ROUNDS; round++) {
                halts.add(new Halt(boundary, Math.min(round, times), on));
            }
        });
        return halts;
    }

    /** Which boundaries a story passes, and how often each story does. */
    static Map<Boundary, Integer> dryRun(Path folder, On on) {
        Lane lane = new Lane(folder.resolve("dry-" + on));
        Map<Boundary, Integer> passed = new EnumMap<>(Boundary.class);
        for (String line : lane.dryRun(on)) {
            String[] part = line.split(" ", -1);
            if (part[0].contains("_")) {
                Boundary boundary = Boundary.valueOf(part[0]);
                passed.put(boundary, boundary.sure(Integer.parseInt(part[1])));
            }
        }
        assertThat(lane.complaints).as("a story without a halt").isEmpty();
        return passed;
    }

    private List<String> complaintsOf(List<Halt> halts) {
        return inLanes(folder, halts);
    }

    /** Makes the halts in several lanes at once and gathers what went wrong. */
    static List<String> inLanes(Path folder, List<Halt> halts) {
        ExecutorService pool = Executors.newFixedThreadPool(LANES);
        List<Lane> lanes = new ArrayList<>();
        List<Future<?>> running = new ArrayList<>();
        for (int number = 0; number < LANES; number++) {
            Lane lane = new Lane(folder.resolve("lane" + number));
            lanes.add(lane);
            List<Halt> mine = new ArrayList<>();
            for (int i = number; i < halts.size(); i += LANES) {
                mine.add(halts.get(i));
            }
            running.add(pool.submit(() -> lane.run(mine)));
        }
        pool.shutdown();
        List<String> complaints = new ArrayList<>();
        for (Future<?> one : running) {
            try {
                one.get();
            } catch (Exception e) {
                complaints.add("a lane broke off: " + e);
            }
        }
        lanes.forEach(lane -> complaints.addAll(lane.complaints));
        return complaints;
    }
}
