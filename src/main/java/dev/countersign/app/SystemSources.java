package dev.countersign.app;

import dev.countersign.core.IdSource;
import dev.countersign.core.TimeOrderedIds;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** The system's clock, ids and pauses: made here and handed to everybody else. */
public final class SystemSources {
    private SystemSources() {}

    public static Clock clock() {
        return Clock.systemUTC();
    }

    public static IdSource ids() {
        return new TimeOrderedIds(clock());
    }

    /** As Permit makes them: random UUIDs. */
    static IdSource permitIds() {
        return () -> UUID.randomUUID().toString();
    }

    /** A number from 0 to under 1. */
    public static double chance() {
        return ThreadLocalRandom.current().nextDouble();
    }

    /** Waits; an interrupt ends the wait and stays set. */
    public static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
