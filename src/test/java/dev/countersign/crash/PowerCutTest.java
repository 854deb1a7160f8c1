package dev.countersign.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.config.StoreConfig;
import dev.countersign.crash.Lane.Halt;
import dev.countersign.crash.Lane.On;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The crash matrix over a disk that loses in the cut what was not forced: what was acknowledged is there, the rest is cleanly
 * absent, and the store opens. On PostgreSQL this is the server's own promise, which is looked at when a store is
 * opened.
 */
final class PowerCutTest {
    private static final int SHORT_STRIDE = 7;
    private static final int ROUNDS = Math.min(2, CrashMatrixTest.ROUNDS);

    @TempDir
    Path folder;

    @Test
    void promise1_afterAPowerCut_whatWasAcknowledgedIsThere() {
        List<Boundary> all = List.of(Boundary.values());
        List<Halt> halts = new ArrayList<>();
        halts.add(new Halt(Boundary.AFTER_ACKNOWLEDGED, 2, On.CUT));
        halts.add(new Halt(Boundary.AFTER_EFFECT, 3, On.CUT));
        for (int i = 2; i < all.size(); i += SHORT_STRIDE) {
            halts.add(new Halt(all.get(i), 1, On.CUT));
        }
        assertThat(CrashMatrixTest.inLanes(folder, halts)).isEmpty();
    }

    @Tag("long")
    @Test
    void promise1_afterAPowerCutAtAnyBoundary_whatWasAcknowledgedIsThere() {
        List<Halt> halts = new ArrayList<>();
        CrashMatrixTest.dryRun(folder, On.CUT).forEach((boundary, times) -> {
            for (int round = 1; round <= ROUNDS; round++) {
                halts.add(new Halt(boundary, Math.min(round, times), On.CUT));
            }
        });
        assertThat(CrashMatrixTest.inLanes(folder, halts)).isEmpty();
    }

    /** Or the tests above would show nothing: without the barrier the same cut takes an acknowledged message with it. */
    @Test
    void theDiskForgets_soThatWithoutTheBarrierAnAcknowledgedMessageIsLost() {
        Halt halt = new Halt(Boundary.AFTER_ACKNOWLEDGED, 2, On.CUT, StoreConfig.Durability.PROCESS);
        assertThat(CrashMatrixTest.inLanes(folder, List.of(halt)))
                .singleElement()
                .asString()
                .contains("LOST: ");
    }
}
