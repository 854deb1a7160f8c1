package dev.countersign.core;

import org.jspecify.annotations.Nullable;

/**
 * The one exception family. The message says what was expected, what came, where, and what to do next; it never holds a
 * secret. Rooms subclass it only when a caller must tell the case apart by type; otherwise the code does.
 */
public class CountersignException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient ErrorCode code;

    public CountersignException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public CountersignException(ErrorCode code, String message, @Nullable Throwable cause) {
        super("[" + code.id() + "] " + message, cause);
        this.code = code;
    }

    /** The stable code. */
    public ErrorCode code() {
        return code;
    }

    /**
     * What a log may hold of it: the code, and nothing that somebody else wrote. The message may repeat what a model or Permit
     * answered, and is for whoever made the call.
     */
    public String forLog() {
        return code.id();
    }

    /** The message without the code in front. */
    public String detail() {
        String message = String.valueOf(getMessage());
        return message.substring(message.indexOf(']') + 2);
    }
}
