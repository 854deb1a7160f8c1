package dev.countersign.log;

import java.util.List;

/**
 * Rows that follow each other.
 *
 * @param head where the log ended after the rows had been read, so that no row of them can be newer
 */
public record LogPage(List<LogRow> rows, LogHead head) {
    public LogPage {
        rows = List.copyOf(rows);
    }

    /** Where pages come from. */
    @FunctionalInterface
    public interface Source {
        /** The rows after the given one (0 for the first), oldest first; none when there are no more. */
        LogPage after(long seq);
    }
}
