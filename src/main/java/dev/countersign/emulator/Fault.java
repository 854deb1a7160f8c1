package dev.countersign.emulator;

import static java.util.Objects.requireNonNull;

/**
 * A trap for the next requests that match.
 *
 * @param kind what goes wrong
 * @param method the HTTP method it waits for; empty matches every one
 * @param path a part of the raw path it waits for; empty matches every one. Health and the
 *     control routes are never hit
 * @param times how many matching requests it hits before it is gone
 * @param value the {@code Retry-After} in seconds of a {@link Kind#TOO_MANY_REQUESTS}, the delay in milliseconds of a
 *     {@link Kind#SLOW}; otherwise unused
 */
public record Fault(Kind kind, String method, String path, int times, int value) {
    /** What can go wrong on the way. */
    public enum Kind {
        /** 429 with {@code Retry-After}; nothing was done. */
        TOO_MANY_REQUESTS,
        /** 500; nothing was done. */
        SERVER_ERROR,
        /** The work is done and committed at once; only the answer comes late. */
        SLOW,
        /** The connection is closed before anything was done. */
        DROP_BEFORE,
        /** The work is committed, then the connection is closed without an answer. */
        DROP_AFTER,
        /** 200 with a page of HTML; nothing was done. */
        HTML,
        /** A PDP answer loses its {@code allow}; at other routes the answer is an empty object. */
        MISSING_ALLOW
    }

    public Fault {
        requireNonNull(kind, "kind is null");
        if (times < 1 || times > 1_000_000) {
            throw new IllegalArgumentException("expected times from 1 to 1000000, got " + times);
        }
        if (value < 0 || value > 600_000) {
            throw new IllegalArgumentException("expected a value from 0 to 600000, got " + value);
        }
    }

    /** Hits the next request whose path holds the text. */
    public static Fault next(Kind kind, String path) {
        return new Fault(kind, "", path, 1, 0);
    }

    public Fault withMethod(String newMethod) {
        return new Fault(kind, newMethod, path, times, value);
    }

    public Fault withTimes(int newTimes) {
        return new Fault(kind, method, path, newTimes, value);
    }

    public Fault withValue(int newValue) {
        return new Fault(kind, method, path, times, newValue);
    }

    boolean matches(String requestMethod, String rawPath) {
        return (method.isEmpty() || method.equalsIgnoreCase(requestMethod)) && rawPath.contains(path);
    }
}
