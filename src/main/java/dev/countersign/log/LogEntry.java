package dev.countersign.log;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Something to be written down. It holds names, ids, states and digests and never a text of a person or a model: those are
 * encrypted elsewhere and can be erased, and what is in the chain cannot.
 *
 * @param subject what it is about: our id of the approval, the effect or the call
 * @param actor the user who did it; null for the runtime itself
 * @param detail a small JSON object
 */
public record LogEntry(
        LogKind kind,
        String threadId,
        String subject,
        @Nullable String actor,
        String detail) {
    private static final int DETAIL_CHARS_MAX = 1_000;

    public LogEntry {
        if (detail.length() > DETAIL_CHARS_MAX) {
            throw new IllegalArgumentException("expected a detail of at most " + DETAIL_CHARS_MAX + " characters, got "
                    + detail.length() + ": only ids, names and digests belong there");
        }
    }

    /**
     * Whose doing it was, and where.
     *
     * @param actor null for the runtime itself
     */
    public record Place(
            String threadId, String subject, @Nullable String actor) {}

    /** An entry with these facts; those without a value are left out. */
    public static LogEntry of(LogKind kind, Place place, Map<String, ? extends @Nullable String> facts) {
        ObjectNode detail = Json.object();
        new TreeMap<String, @Nullable String>(facts).forEach((name, value) -> {
            if (value != null) {
                detail.put(name, value);
            }
        });
        return new LogEntry(kind, place.threadId(), place.subject(), place.actor(), Json.write(detail));
    }
}
