package dev.countersign.approval;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/**
 * How often Permit may be asked: in any minute no more requests than configured, whatever is due. Two lanes share them. Each
 * has half of the inflow to itself, so neither a flood of webhooks nor a long queue of due approvals starves the other; what
 * a lane cannot hold flows over into the other one, so nothing is left unused while somebody waits.
 *
 * <p>What one step costs is known afterwards only, so a lane may be overdrawn by one step ({@link #STEP_MAX}); it is then
 * closed until that is paid off. The limit has room for it. Safe for use by many threads.
 */
final class CallBudget {
    /** Who wants to ask. */
    enum Lane {
        /** For approvals that somebody says have been decided. */
        WOKEN,
        /** For approvals whose turn it is. */
        POLLED
    }

    /** Requests that reading one approval may cost at most: login, read, cancel, two users, an instance, and tries again. */
    static final int STEP_MAX = 12;

    private static final int BURSTS = 6;
    private static final double MINUTE_MILLIS = 60_000;

    private final Clock clock;
    private final double laneMax;
    private final double perMilli;
    private final Map<Lane, Double> left = new EnumMap<>(Lane.class);
    private Instant counted;
    private Instant closedUntil = Instant.MIN;

    /**
     * A budget that is full.
     *
     * @param callsPerMinute at least 60
     */
    CallBudget(int callsPerMinute, Clock clock) {
        double burst = Math.max(2, callsPerMinute / BURSTS);
        // A full bucket, what flows in within a minute, and both lanes overdrawn: together what is allowed.
        double inflow = callsPerMinute - burst - 2.0 * (STEP_MAX - 1);
        if (inflow <= 0) {
            throw new IllegalArgumentException(
                    "expected a budget of at least 60 calls a minute, got " + callsPerMinute);
        }
        this.clock = clock;
        this.laneMax = burst / 2;
        this.perMilli = inflow / MINUTE_MILLIS;
        this.counted = clock.instant();
        for (Lane lane : Lane.values()) {
            left.put(lane, laneMax);
        }
    }

    /** Whether the lane may begin another step now. */
    synchronized boolean isOpen(Lane lane) {
        refill();
        return left(lane) >= 1 && !clock.instant().isBefore(closedUntil);
    }

    /** Counts requests that are being sent. */
    synchronized void spend(Lane lane, int calls) {
        refill();
        left.put(lane, left(lane) - calls);
    }

    /** Permit asked to be left alone: both lanes stay closed for that long. */
    synchronized void closeFor(Duration time) {
        Instant until = clock.instant().plus(time);
        closedUntil = until.isAfter(closedUntil) ? until : closedUntil;
    }

    private void refill() {
        Instant now = clock.instant();
        double inflow = Math.max(0, Duration.between(counted, now).toMillis()) * perMilli;
        // A clock that was set back gives nothing, and takes nothing away.
        counted = now;
        double over = 0;
        for (Lane lane : Lane.values()) {
            double filled = left(lane) + inflow / left.size();
            over += Math.max(0, filled - laneMax);
            left.put(lane, Math.min(filled, laneMax));
        }
        for (Lane lane : Lane.values()) {
            double taken = Math.min(over, laneMax - left(lane));
            left.put(lane, left(lane) + taken);
            over -= taken;
        }
    }

    private double left(Lane lane) {
        return left.getOrDefault(lane, 0.0);
    }
}
