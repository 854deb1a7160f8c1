package dev.countersign.tool;

import java.time.Duration;

/**
 * How often and how fast a call that may be repeated is repeated. Others are sent once.
 *
 * @param attempts in all, from 1
 * @param firstPause before the second attempt; doubles each time
 * @param pauseMax longest pause
 */
public record RetryRule(int attempts, Duration firstPause, Duration pauseMax) {
    /** Three attempts, 200 ms and 400 ms apart. */
    public static final RetryRule DEFAULT = new RetryRule(3, Duration.ofMillis(200), Duration.ofSeconds(2));

    public RetryRule {
        if (attempts < 1) {
            throw new IllegalArgumentException("expected at least 1 attempt, got " + attempts);
        }
    }

    Duration pauseAfter(int attempt) {
        Duration pause = firstPause.multipliedBy(1L << Math.min(attempt - 1, 20));
        return pause.compareTo(pauseMax) < 0 ? pause : pauseMax;
    }
}
