package dev.countersign.lab.soak;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a soak showed. */
public final class SoakReport {
    private static final String ROW = "%-10s %8s %8s %8s %8s %8s %8s %8s %6s %10s %6s";

    private final Facts facts;
    private final Tally tally;
    private final Map<String, Integer> statuses = new TreeMap<>();

    /**
     * What happened on the way.
     *
     * @param killsAtWork kills while somebody waited for a turn to end
     * @param restartMillis from each kill to serving again
     * @param counts of other things, by name
     */
    record Facts(int kills, int killsAtWork, List<Long> restartMillis, Map<String, Long> counts) {}

    SoakReport(Facts facts, Tally tally, Collection<Evidence.Told> threads) {
        this.facts = facts;
        this.tally = tally;
        threads.forEach(thread -> statuses.merge(thread.status(), 1, Integer::sum));
    }

    /** Whether nothing was lost and nothing came twice. */
    public boolean clean() {
        Tally.Row total = tally.total();
        return total.lost == 0 && total.duplicated == 0 && total.filedTwice == 0;
    }

    /** How many messages the server acknowledged. */
    public int acknowledged() {
        return tally.total().acknowledged;
    }

    /** What is wrong, in words; the first two hundred. */
    public List<String> complaints() {
        return tally.complaints();
    }

    /** A row for each kind of work, and what else there is to tell. */
    public List<String> table() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                ROW,
                "work",
                "started",
                "acknow.",
                "arrived",
                "done",
                "refused",
                "waiting",
                "unknown",
                "lost",
                "duplicated",
                "filed2"));
        for (Errand.Kind kind : Errand.Kind.values()) {
            lines.add(line(kind.name().toLowerCase(Locale.ROOT), tally.row(kind)));
        }
        lines.add(line("all", tally.total()));
        lines.add("threads at the end: " + statuses);
        lines.add("kills while turns were under way: " + facts.killsAtWork() + " of " + facts.kills());
        lines.add("from a kill to serving again: " + restarts());
        facts.counts().forEach((what, count) -> lines.add(what + ": " + count));
        return lines;
    }

    private static String line(String name, Tally.Row row) {
        return String.format(
                Locale.ROOT,
                ROW,
                name,
                row.started,
                row.acknowledged,
                row.arrived,
                row.done,
                row.refused,
                row.waiting,
                row.unknown,
                row.lost,
                row.duplicated,
                row.filedTwice);
    }

    private String restarts() {
        List<Long> sorted = facts.restartMillis().stream().sorted().toList();
        return sorted.isEmpty()
                ? "no kills"
                : "p50 " + sorted.get(sorted.size() / 2) + " ms, longest " + sorted.get(sorted.size() - 1) + " ms";
    }

    /** The line that others read. */
    public String lastLine() {
        Tally.Row total = tally.total();
        return "kills " + facts.kills() + ", acknowledged " + total.acknowledged + ", lost " + total.lost
                + ", duplicated " + total.duplicated + ", filed twice " + total.filedTwice + ", unknown "
                + total.unknown;
    }
}
