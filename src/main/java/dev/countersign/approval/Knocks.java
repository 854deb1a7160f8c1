package dev.countersign.approval;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Who is said to have news: requests, or requesters, that somebody says were decided. Saying it twice is saying it once. Kept
 * in memory and bounded: what is dropped, or lost with the process, is found when its turn comes. Safe for use by many threads.
 */
final class Knocks {
    private static final int WAITING_MAX = 1_000;
    /** A filing that takes longer is one that is gone through again, and then looked at anyway. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Clock clock;
    /** Nobody has looked at these yet. */
    private final Map<Knock, Instant> fresh = new LinkedHashMap<>();
    /** Looked at once; there was nothing to be known yet. */
    private final Map<Knock, Instant> waiting = new LinkedHashMap<>();

    Knocks(Clock clock) {
        this.clock = clock;
    }

    /**
     * Somebody says that there is news.
     *
     * @param id Permit's id of the request, or a requester's key or Permit's id of them
     */
    record Knock(boolean ofRequest, String id) {}

    /** Adds a knock; when too many wait already it is dropped. */
    synchronized void add(Knock knock) {
        if (hasRoom()) {
            Instant since = waiting.remove(knock);
            fresh.putIfAbsent(knock, since == null ? clock.instant() : since);
        }
    }

    private boolean hasRoom() {
        return fresh.size() + waiting.size() < WAITING_MAX;
    }

    synchronized boolean isEmpty() {
        return fresh.isEmpty() && waiting.isEmpty();
    }

    /** Whether somebody knocked at whom nobody has looked yet. */
    synchronized boolean hasFresh() {
        return !fresh.isEmpty();
    }

    /** Those who knocked and were not looked at yet, oldest first; they go on waiting. */
    synchronized List<Map.Entry<Knock, Instant>> fresh() {
        return fresh.entrySet().stream().map(Map.Entry::copyOf).toList();
    }

    /** Everybody who waits: those who were looked at before, then the others, each oldest first; they go on waiting. */
    synchronized List<Map.Entry<Knock, Instant>> all() {
        return Stream.concat(waiting.entrySet().stream(), fresh.entrySet().stream())
                .map(Map.Entry::copyOf)
                .toList();
    }

    /** Takes a knock out before it is answered, so that one that comes meanwhile is answered again. */
    synchronized void take(Knock knock) {
        fresh.remove(knock);
        waiting.remove(knock);
    }

    /** Puts a knock back for which there was no budget: it waits for as long as that takes. */
    synchronized void keep(Knock knock, Instant since) {
        if (hasRoom()) {
            waiting.put(knock, since);
        }
    }

    /** Puts a knock back that cannot be answered yet; one that has waited too long is dropped. */
    synchronized void putBack(Knock knock, Instant since) {
        if (clock.instant().isBefore(since.plus(PATIENCE)) && hasRoom()) {
            waiting.put(knock, since);
        }
    }
}
