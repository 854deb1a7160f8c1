package dev.countersign.account;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Slows down guessing: after five failures a name is refused for half a minute, whoever asks. Kept in memory, at most ten
 * thousand names, the oldest forgotten first. Safe for use by many threads.
 */
final class LoginAttempts {
    private static final int FAILURES_MAX = 5;
    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final int NAMES_MAX = 10_000;

    private final Clock clock;
    private final Map<String, Failures> byName = new LinkedHashMap<>();

    LoginAttempts(Clock clock) {
        this.clock = clock;
    }

    synchronized void requireFree(String name) {
        Failures failures = byName.get(name);
        if (failures == null || failures.count < FAILURES_MAX) {
            return;
        }
        Duration left = Duration.between(clock.instant(), failures.last.plus(PAUSE));
        if (left.isNegative() || left.isZero()) {
            byName.remove(name);
            return;
        }
        throw AccountErrors.tooManyAttempts(left.plusMillis(999).toSeconds());
    }

    synchronized void failed(String name) {
        Failures before = byName.remove(name);
        byName.put(name, new Failures(before == null ? 1 : before.count + 1, clock.instant()));
        if (byName.size() > NAMES_MAX) {
            byName.remove(byName.keySet().iterator().next());
        }
    }

    synchronized void succeeded(String name) {
        byName.remove(name);
    }

    private record Failures(int count, Instant last) {}
}
