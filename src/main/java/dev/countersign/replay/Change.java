package dev.countersign.replay;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * One difference between two states.
 *
 * @param path names of keys and fields, joined by dots; of a list its own path, whatever came or went in it
 * @param before null when it was not there
 * @param after null when it is not there any more
 */
public record Change(
        String path,
        Kind kind,
        @Nullable JsonNode before,
        @Nullable JsonNode after) {
    /** How two states differ in a place. */
    public enum Kind {
        /** It was not there. */
        ADDED,
        /** It is not there any more. */
        REMOVED,
        /** It has another value. */
        CHANGED
    }

    static Change added(String path, JsonNode after) {
        return new Change(path, Kind.ADDED, null, after);
    }

    static Change removed(String path, JsonNode before) {
        return new Change(path, Kind.REMOVED, before, null);
    }

    static Change changed(String path, JsonNode before, JsonNode after) {
        return new Change(path, Kind.CHANGED, before, after);
    }
}
