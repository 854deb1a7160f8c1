package dev.countersign.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How a thread stands for whoever looks at it. */
final class ThreadRowTest {
    private static final Instant AT = Instant.parse("2026-11-22T10:00:00Z");

    private static ThreadRow row(ThreadStatus status, long accepted, long done) {
        return new ThreadRow(
                "t",
                "henry",
                "things",
                ThreadKind.CHAT,
                status,
                () -> "",
                "l",
                1,
                "",
                0,
                0,
                accepted,
                done,
                false,
                1,
                AT,
                AT);
    }

    @Test
    void aThreadThatHasAcceptedWhatNoTurnHasTaken_isRunning_whateverTheTurnBeforeLeft() {
        assertThat(row(ThreadStatus.IDLE, 2, 1).standing()).isEqualTo(ThreadStatus.RUNNING);
        assertThat(row(ThreadStatus.PARKED, 2, 1).standing()).isEqualTo(ThreadStatus.RUNNING);
    }

    @Test
    void withNothingWaiting_itStandsAsItsRowSays() {
        for (ThreadStatus status : ThreadStatus.values()) {
            assertThat(row(status, 2, 2).standing()).isEqualTo(status);
        }
    }

    @Test
    void aPersonsAttentionIsStillNeeded_whateverElseWaits() {
        assertThat(row(ThreadStatus.NEEDS_ATTENTION, 2, 1).standing()).isEqualTo(ThreadStatus.NEEDS_ATTENTION);
    }
}
