package dev.countersign.lab.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a load showed. */
public final class LoadReport {
    private static final double MEBIBYTE = 1024.0 * 1024.0;

    private final Facts facts;
    private final Tally tally;
    private final Latencies answered;
    private final Latencies reads;

    /**
     * What happened on the way.
     *
     * @param unanswered messages whose answer did not reach its client
     * @param cores that the server was busy on
     * @param heap bytes after a collection, at the start, each minute and at the end
     * @param counts of other things, by name
     */
    record Facts(int clients, Duration time, int unanswered, double cores, List<Long> heap, Map<String, Long> counts) {}

    LoadReport(Facts facts, Tally tally, Latencies answered, Latencies reads) {
        this.facts = facts;
        this.tally = tally;
        this.answered = answered;
        this.reads = reads;
    }

    /** Whether every message arrived and was answered once, and nothing failed. */
    public boolean clean() {
        Tally.Row total = tally.total();
        return total.lost == 0
                && total.duplicated == 0
                && total.filedTwice == 0
                && total.unknown == 0
                && facts.unanswered() == 0
                && errors() == 0;
    }

    private long errors() {
        return facts.counts().entrySet().stream()
                .filter(one -> one.getKey().startsWith(Load.ERROR))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** How many messages were said. */
    public int said() {
        return tally.total().started;
    }

    /** What is wrong, in words; the first two hundred. */
    public List<String> complaints() {
        return tally.complaints();
    }

    /** What there is to tell, the outcome last. */
    public List<String> lines() {
        Tally.Row total = tally.total();
        List<String> lines = new ArrayList<>();
        for (Errand.Kind kind : Errand.Kind.values()) {
            Tally.Row row = tally.row(kind);
            if (row.started > 0) {
                lines.add(String.format(
                        Locale.ROOT,
                        "%s: %d messages, %d done, %d refused, %d waiting",
                        kind.name().toLowerCase(Locale.ROOT),
                        row.started,
                        row.done,
                        row.refused,
                        row.waiting));
            }
        }
        facts.counts().forEach((what, count) -> lines.add(what + ": " + count));
        lines.add("from a message to its answer: " + answered.words());
        lines.add("reads over REST, " + reads.count() + ": " + reads.words());
        lines.add("the server's heap after a collection, at the start, each minute and at the end: "
                + facts.heap().stream()
                        .map(bytes -> String.format(Locale.ROOT, "%.1f", bytes / MEBIBYTE))
                        .collect(Collectors.joining(", "))
                + " MiB");
        lines.add(String.format(Locale.ROOT, "the server was busy on %.2f cores", facts.cores()));
        lines.add(String.format(
                Locale.ROOT,
                "clients %d, seconds %d, messages %d, answered %d, lost %d, duplicated %d, filed twice %d, unknown %d, errors %d",
                facts.clients(),
                facts.time().toSeconds(),
                total.started,
                answered.count(),
                total.lost,
                total.duplicated,
                total.filedTwice,
                total.unknown,
                errors()));
        return lines;
    }
}
