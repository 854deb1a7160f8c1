package dev.countersign.lab.soak;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The wait until everything rests, bounded. Used by one thread. */
final class Drain {
    /** Without a thread that comes to rest or an entry that is added. */
    private static final Duration STUCK = Duration.ofMinutes(3);

    private static final Duration DRAIN_MAX = Duration.ofMinutes(20);

    private final Collector collector;
    private final Diary diary;
    private final Sources sources;

    Drain(Collector collector, Diary diary, Sources sources) {
        this.collector = collector;
        this.diary = diary;
        this.sources = sources;
    }

    /** Reads every thread until it rests; what comes no nearer to it is read as it is in the end, and the audit finds it. */
    List<Evidence.AtPermit> run(Map<String, Evidence.Told> threads) {
        Instant last = sources.clock().instant().plus(DRAIN_MAX);
        Instant end = sources.clock().instant().plus(STUCK);
        int before = -1;
        Set<Diary.Opened> restless = new LinkedHashSet<>(diary.threads());
        List<Evidence.AtPermit> requests = collector.requests();
        Map<String, List<String>> expected = expected();
        while (!restless.isEmpty() && sources.clock().instant().isBefore(end)) {
            Rest rest = new Rest(requests, expected);
            restless.removeIf(
                    opened -> rest.has(Optional.ofNullable(threads.get(opened.thread())), read(opened, threads)));
            int entries = threads.values().stream()
                    .mapToInt(told -> told.entries().size())
                    .sum();
            if (entries - restless.size() != before) {
                before = entries - restless.size();
                Instant patience = sources.clock().instant().plus(STUCK);
                end = patience.isBefore(last) ? patience : last;
            }
            if (!restless.isEmpty()) {
                sources.pauseMillis(400, 600);
                requests = collector.requests();
            }
        }
        return collector.requests();
    }

    /** What each thread was told and has acknowledged. */
    private Map<String, List<String>> expected() {
        Set<String> acknowledged = diary.acknowledged();
        return diary.deeds().stream()
                .filter(deed -> acknowledged.contains(deed.errand().token()))
                .collect(Collectors.groupingBy(
                        Diary.Deed::thread,
                        Collectors.mapping(deed -> deed.errand().text(), Collectors.toList())));
    }

    private Optional<Evidence.Told> read(Diary.Opened opened, Map<String, Evidence.Told> threads) {
        try {
            Evidence.Told told = collector.thread(opened);
            threads.put(opened.thread(), told);
            return Optional.of(told);
        } catch (Wire.NoAnswer e) {
            diary.count("reads at the end that failed");
            return Optional.empty();
        }
    }
}
