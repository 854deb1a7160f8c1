package dev.countersign.lab.soak;

import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Times that were measured. Safe for use by many threads. */
final class Latencies {
    private static final double NANOS_PER_MILLI = 1e6;

    private final Queue<Long> nanos = new ConcurrentLinkedQueue<>();

    void add(long one) {
        nanos.add(one);
    }

    int count() {
        return nanos.size();
    }

    /** As {@code p50 12.3 ms, p95 45.6 ms, at most 78.9 ms}. */
    String words() {
        List<Long> sorted = nanos.stream().sorted().toList();
        if (sorted.isEmpty()) {
            return "none";
        }
        return String.format(
                Locale.ROOT,
                "p50 %.1f ms, p95 %.1f ms, at most %.1f ms",
                percentile(sorted, 50),
                percentile(sorted, 95),
                percentile(sorted, 100));
    }

    private static double percentile(List<Long> sorted, int percent) {
        return sorted.get((int) Math.ceil((sorted.size() - 1) * percent / 100.0)) / NANOS_PER_MILLI;
    }
}
