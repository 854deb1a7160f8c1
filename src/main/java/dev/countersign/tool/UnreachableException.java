package dev.countersign.tool;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A server that cannot be used now, with the words that say why; nothing was sent to it. */
final class UnreachableException extends IOException {
    private static final long serialVersionUID = 1L;

    UnreachableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
