package dev.countersign.notify;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What became of an attempt. */
sealed interface Outcome permits Outcome.Sent, Outcome.Nobody, Outcome.Failed {
    /** The other side took it. */
    record Sent() implements Outcome {}

    /** There is nobody to send it to who wants it, and there will not be. */
    record Nobody() implements Outcome {}

    /**
     * It may or may not have arrived; it is tried again.
     *
     * @param words why, in our own words: no address, no secret and nothing that the other side wrote
     * @param everything whether the channel as a whole does not work now, and others would fail alike
     * @param retryAfter what the other side asked for; null when it did not
     */
    record Failed(
            String words, boolean everything, @Nullable Duration retryAfter) implements Outcome {}
}
