package dev.countersign.server;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The words of an answer that is still being given, on their way to one client. While a piece waits to be sent, what follows
 * joins it, so that a fast model fills nobody's queue. Safe for use by many threads.
 */
final class Preview {
    /** What may wait at once; more is left out, since the whole answer follows. */
    private static final int CHARS_MAX = 32_000;

    private @Nullable StringBuilder open;

    /** Takes words in; what is to be queued, or empty when they join what waits already. */
    synchronized Optional<Supplier<String>> add(String words) {
        StringBuilder waiting = open;
        if (waiting != null) {
            if (waiting.length() + words.length() <= CHARS_MAX) {
                waiting.append(words);
            }
            return Optional.empty();
        }
        StringBuilder piece = new StringBuilder(words);
        open = piece;
        return Optional.of(() -> take(piece));
    }

    private synchronized String take(StringBuilder piece) {
        if (open == piece) {
            open = null;
        }
        return piece.toString();
    }

    /** Other news comes now: later words must not move in front of it. */
    synchronized void seal() {
        open = null;
    }
}
