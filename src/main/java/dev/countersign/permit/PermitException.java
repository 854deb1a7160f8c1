package dev.countersign.permit;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A call to Permit that gave no usable yes: refused, unreachable, unparsable, limited or unknown. */
public final class PermitException extends CountersignException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final boolean outcomeUnknown;
    private final @Nullable Duration retryAfter;

    /** For this room, and for other implementations of {@link Permit} such as a test's own. */
    public PermitException(
            ErrorCode code, String message, int status, boolean outcomeUnknown, @Nullable Throwable cause) {
        super(code, message, cause);
        this.status = status;
        this.outcomeUnknown = outcomeUnknown;
        this.retryAfter = null;
    }

    private PermitException(PermitException told, Duration retryAfter) {
        super(told.code(), told.detail(), told.getCause());
        this.status = told.status;
        this.outcomeUnknown = told.outcomeUnknown;
        this.retryAfter = retryAfter;
    }

    /** The same, with the time that Permit wants to be left alone for. */
    public PermitException askingForPause(Duration time) {
        return new PermitException(this, time);
    }

    @Override
    public String forLog() {
        return status == 0 ? super.forLog() : super.forLog() + ", HTTP " + status;
    }

    /** How long Permit wants to be left alone; empty unless it limited us. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** The HTTP status Permit answered with, or 0 when there was no answer. */
    public int status() {
        return status;
    }

    /** True when a write was sent and nothing is known of its effect: read before doing anything else. */
    public boolean outcomeUnknown() {
        return outcomeUnknown;
    }
}
