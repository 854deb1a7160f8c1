package dev.countersign.account;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Slows down guessing: after some failures a name is refused for a while, whoever asks, and an address is, whatever name it
 * tries. Each further failure doubles the wait, up to a limit; an hour without one, or the right password, forgets them. Kept in
 * memory, ten thousand of each at most, the oldest forgotten first. Safe for use by many threads.
 */
final class LoginAttempts {
    /** What is allowed to one name, or to one address. */
    record Allowance(String who, int failures, Duration firstWait, Duration longestWait) {}

    static final Allowance NAME = new Allowance("this user", 5, Duration.ofSeconds(30), Duration.ofMinutes(15));

    /** Larger, since a whole office may share one. */
    static final Allowance ADDRESS = new Allowance("this address", 100, Duration.ofSeconds(30), Duration.ofMinutes(15));

    private static final Duration FORGOTTEN = Duration.ofHours(1);
    private static final int KEPT_MAX = 10_000;

    private final Allowance allowance;
    private final Clock clock;
    private final Map<String, Failures> byKey = new LinkedHashMap<>();

    LoginAttempts(Allowance allowance, Clock clock) {
        this.allowance = allowance;
        this.clock = clock;
    }

    synchronized void requireFree(String key) {
        Failures failures = byKey.get(key);
        if (failures == null) {
            return;
        }
        Instant now = clock.instant();
        if (!now.isBefore(failures.last.plus(FORGOTTEN))) {
            byKey.remove(key);
            return;
        }
        Duration left = Duration.between(now, failures.last.plus(wait(failures.count)));
        if (!left.isNegative() && !left.isZero()) {
            throw new TooManyAttempts("too many failed logins for " + allowance.who, left);
        }
    }

    private Duration wait(int failures) {
        if (failures < allowance.failures) {
            return Duration.ZERO;
        }
        int doublings = Math.min(failures - allowance.failures, 20);
        Duration wait = allowance.firstWait.multipliedBy(1L << doublings);
        return wait.compareTo(allowance.longestWait) < 0 ? wait : allowance.longestWait;
    }

    synchronized void failed(String key) {
        Failures before = byKey.remove(key);
        byKey.put(key, new Failures(before == null ? 1 : before.count + 1, clock.instant()));
        if (byKey.size() > KEPT_MAX) {
            byKey.remove(byKey.keySet().iterator().next());
        }
    }

    synchronized void succeeded(String key) {
        byKey.remove(key);
    }

    /** How many are remembered. */
    synchronized int size() {
        return byKey.size();
    }

    private record Failures(int count, Instant last) {}
}
