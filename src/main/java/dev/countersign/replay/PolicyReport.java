package dev.countersign.replay;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which recorded calls would fare otherwise under a changed policy, each judged by itself as it stood in its record.
 *
 * @param conversations that were judged
 * @param calls in them that came to the gate
 * @param rows one for each tool and what became of it, before and after; by tool
 * @param otherAgents conversations that were left out, since the change is not about their agent
 * @param notes what a reader has to know to read it right
 */
public record PolicyReport(
        int conversations, long calls, List<Row> rows, Map<String, Integer> otherAgents, List<String> notes) {
    public PolicyReport {
        rows = List.copyOf(rows);
        otherAgents = new TreeMap<>(otherAgents);
        notes = List.copyOf(notes);
    }

    /**
     * Calls of one tool that fare the same.
     *
     * @param conversations that have such a call
     * @param untold those of the calls of which the record does not say enough to tell
     * @param samples of such calls, each from another conversation; none where nothing changes
     */
    public record Row(
            String tool, Fate before, Fate after, long calls, int conversations, long untold, List<Sample> samples) {
        public Row {
            samples = List.copyOf(samples);
        }

        /** Whether it fares otherwise. */
        public boolean isChange() {
            return before != after;
        }
    }

    /**
     * A call.
     *
     * @param step of the gate in its conversation, from 1
     * @param arguments as the model wrote them
     * @param why the gate's word for it; empty when it goes through
     */
    public record Sample(String thread, String owner, long step, Instant at, String arguments, String why) {}

    /** What fares otherwise. */
    public List<Row> changes() {
        return rows.stream().filter(Row::isChange).toList();
    }

    /** How many calls come to that, and came to something else. */
    public long newly(Fate after) {
        return changes().stream()
                .filter(row -> row.after() == after)
                .mapToLong(Row::calls)
                .sum();
    }

    /** Of how many calls the records do not say enough to tell; they count as unchanged. */
    public long untold() {
        return rows.stream().mapToLong(Row::untold).sum();
    }

    /** How many calls fare otherwise. */
    public long changed() {
        return changes().stream().mapToLong(Row::calls).sum();
    }
}
