package dev.countersign.tool;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What whoever wrote an agent says of how much a yes may cost. It is shown to reviewers and decides nothing. Where nothing is said,
 * nothing is known: that is never taken for low.
 *
 * @param note why, in a line; null when no more was said
 */
public record Risk(Level level, @Nullable String note) {
    /** How much. */
    public enum Level {
        LOW,
        MEDIUM,
        HIGH;

        /** As files and people write it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
