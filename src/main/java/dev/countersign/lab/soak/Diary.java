package dev.countersign.lab.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** What the soak's people did and were told, written down while it happens. Safe for use by many threads. */
final class Diary {
    private final Queue<Deed> deeds = new ConcurrentLinkedQueue<>();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Queue<Opened> threads = new ConcurrentLinkedQueue<>();
    private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();
    private final Map<String, Integer> withdrawals = new ConcurrentHashMap<>();
    private final AtomicLong tokens = new AtomicLong();

    /** One message to one thread. */
    record Deed(Errand errand, String thread) {}

    /** A thread whose opening was acknowledged. */
    record Opened(String thread, String owner) {}

    String newToken() {
        return "t" + Long.toString(tokens.incrementAndGet(), 36);
    }

    /** Before it is sent: what is not written down here was never sent. */
    void starts(Deed deed) {
        deeds.add(deed);
    }

    void isAcknowledged(Deed deed) {
        acknowledged.add(deed.errand().token());
    }

    /** Before a withdrawal of all that is open is sent to the thread. */
    void withdraws(String thread) {
        withdrawals.merge(thread, 1, Integer::sum);
    }

    void opened(String thread, String owner) {
        threads.add(new Opened(thread, owner));
    }

    void count(String what) {
        counts.computeIfAbsent(what, name -> new AtomicLong()).incrementAndGet();
    }

    List<Deed> deeds() {
        return new ArrayList<>(deeds);
    }

    Set<String> acknowledged() {
        return Set.copyOf(acknowledged);
    }

    /** How often a withdrawal was sent, by thread. */
    Map<String, Integer> withdrawals() {
        return Map.copyOf(withdrawals);
    }

    List<Opened> threads() {
        return new ArrayList<>(threads);
    }

    Map<String, Long> counts() {
        Map<String, Long> all = new TreeMap<>();
        counts.forEach((what, number) -> all.put(what, number.get()));
        return all;
    }
}
