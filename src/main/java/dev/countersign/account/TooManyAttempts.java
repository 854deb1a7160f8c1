package dev.countersign.account;

import dev.countersign.core.CountersignException;
import java.time.Duration;

/** Refused for now, whatever the password: {@code CS-703}, and when it may be tried again. */
public final class TooManyAttempts extends CountersignException {
    private static final long serialVersionUID = 1L;

    private final Duration wait;

    TooManyAttempts(String what, Duration wait) {
        super(
                AccountErrors.TOO_MANY_ATTEMPTS,
                what + "; try again in " + wait.plusMillis(999).toSeconds() + " seconds");
        this.wait = wait;
    }

    /** Whole seconds to wait, at least one. */
    public long seconds() {
        return Math.max(1, wait.plusMillis(999).toSeconds());
    }
}
