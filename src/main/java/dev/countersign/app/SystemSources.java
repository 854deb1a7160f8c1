package dev.countersign.app;

import dev.countersign.core.IdSource;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;

/** The system's clock, ids and pauses: made here and handed to everybody else. */
public final class SystemSources {
    private SystemSources() {}

    public static Clock clock() {
        return Clock.systemUTC();
    }

    public static IdSource ids() {
        return () -> UUID.randomUUID().toString();
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
