package dev.countersign.notify;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait after a failure: three times as long each time, up to a longest pause, and up to half as long again by chance,
 * so that many who failed together do not come back together.
 *
 * @param attempts after how many a delivery is given up
 * @param chance numbers from 0 to under 1
 */
record Backoff(Duration first, Duration longest, int attempts, DoubleSupplier chance) {
    /** Twenty attempts within about two days to two and a half: a weekend's evening, not a weekend. */
    static Backoff usual(DoubleSupplier chance) {
        return new Backoff(Duration.ofSeconds(5), Duration.ofHours(4), 20, chance);
    }

    /** The pause after so many failures, of which there is at least one. */
    Duration after(int failures) {
        Duration pause = first;
        for (int i = 1; i < failures && pause.compareTo(longest) < 0; i++) {
            pause = pause.multipliedBy(3);
        }
        Duration bounded = pause.compareTo(longest) < 0 ? pause : longest;
        return bounded.plusMillis((long) (bounded.toMillis() * chance.getAsDouble() / 2));
    }
}
