package dev.countersign.core;

/**
 * Where ids come from; an argument everywhere, so that tests and replays are deterministic. Implementations are safe for use
 * by many threads and never return the same id twice.
 */
@FunctionalInterface
public interface IdSource {
    /** A new id: at most 36 letters, digits and hyphens. */
    String newId();
}
