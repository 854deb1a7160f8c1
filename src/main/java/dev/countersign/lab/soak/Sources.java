package dev.countersign.lab.soak;

import java.time.Clock;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Time and chance, for one thread; {@link #another} gives another thread its own chance.
 *
 * @param pause waits for the given time
 */
public record Sources(Clock clock, Consumer<Duration> pause, SplittableRandom random) {
    Sources another() {
        return new Sources(clock, pause, random.split());
    }

    void pauseMillis(int from, int to) {
        pause.accept(Duration.ofMillis(random.nextInt(from, to)));
    }

    /** True that often out of a hundred. */
    boolean percent(int chance) {
        return random.nextInt(100) < chance;
    }
}
