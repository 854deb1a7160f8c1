package dev.countersign.endtoend;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/** The time as it is, and what a test has let pass. Safe for use by many threads. */
final class ShiftedClock extends Clock {
    private final Clock real = Clock.systemUTC();
    private Duration ahead = Duration.ZERO;

    synchronized void pass(Duration time) {
        ahead = ahead.plus(time);
    }

    @Override
    public ZoneId getZone() {
        return real.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }

    @Override
    public synchronized Instant instant() {
        return real.instant().plus(ahead);
    }
}
