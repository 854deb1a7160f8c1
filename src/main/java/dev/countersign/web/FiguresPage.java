package dev.countersign.web;

import dev.countersign.approval.ApprovalFigures;
import dev.countersign.approval.ApprovalFigures.Decided;
import dev.countersign.approval.ApprovalFigures.Waiting;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Principal;
import dev.countersign.server.Auditors;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How approvals go, in figures, for auditors: what is parked and for how long, decisions a day, how long they took, and how each
 * reviewer decides. Read anew at each look, from indexes, in bounds that are told.
 */
final class FiguresPage implements Section {
    private static final int DAYS = 14;
    private static final int REVIEWERS_MAX = 20;
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH);
    private static final List<Duration> AGES = List.of(
            Duration.ofHours(1), Duration.ofHours(8), Duration.ofDays(1), Duration.ofDays(3), Duration.ofDays(7));
    private static final List<Duration> TIMES = List.of(
            Duration.ofMinutes(1),
            Duration.ofMinutes(10),
            Duration.ofHours(1),
            Duration.ofHours(8),
            Duration.ofDays(1),
            Duration.ofDays(3));

    /**
     * What is shown.
     *
     * @param bounded whether there were more decisions than are told
     */
    record Figures(
            int waiting,
            boolean waitingMore,
            int decided,
            boolean bounded,
            String median,
            String ninetieth,
            List<Chart> charts,
            List<Reviewer> reviewers) {
        Figures {
            charts = List.copyOf(charts);
            reviewers = List.copyOf(reviewers);
        }
    }

    /**
     * How somebody decides.
     *
     * @param rate approved of a hundred
     */
    record Reviewer(String name, int approved, int denied, int rate) {}

    @Override
    public Optional<Entry> entry() {
        return Optional.empty();
    }

    @Override
    public void on(Site site) {
        site.get("/figures", visit -> show(site, visit));
    }

    /** Whether this person is an auditor; while Permit cannot be asked, nobody is. */
    static boolean isOpenTo(Site site, Principal person) {
        try {
            return new Auditors(site.parts().permit(), site.parts().auditorRole()).has(person);
        } catch (CountersignException e) {
            return false;
        }
    }

    private static void show(Site site, Visit visit) {
        new Auditors(site.parts().permit(), site.parts().auditorRole()).require(visit.who());
        Instant now = site.parts().runtime().archive().now();
        visit.page(
                "figures",
                "Figures",
                "figures",
                figures(site.parts().hindsight().figures(), now, Zones.of(visit.context())));
    }

    private static Figures figures(ApprovalFigures figures, Instant now, ZoneId zone) {
        LocalDate today = now.atZone(zone).toLocalDate();
        Instant since = today.minusDays(DAYS - 1).atStartOfDay(zone).toInstant();
        List<Decided> decided = figures.decided(since, now.plusMillis(1));
        List<Waiting> waiting = figures.waiting(now, AGES);
        List<Duration> took = decided.stream()
                .map(one -> Duration.between(one.askedAt(), one.decidedAt()))
                .sorted()
                .toList();
        return new Figures(
                waiting.stream().mapToInt(Waiting::count).sum(),
                waiting.stream().anyMatch(one -> one.count() >= ApprovalFigures.COUNTED_MAX),
                decided.size(),
                decided.size() >= ApprovalFigures.DECISIONS_MAX,
                at(took, 50),
                at(took, 90),
                List.of(waiting(waiting), perDay(decided, today, zone), times(took)),
                reviewers(decided));
    }

    private static String at(List<Duration> sorted, int percent) {
        return sorted.isEmpty() ? "–" : When.length(sorted.get((sorted.size() - 1) * percent / 100));
    }

    private static Chart waiting(List<Waiting> waiting) {
        List<Chart.Datum> data = new ArrayList<>();
        for (Waiting one : waiting) {
            Duration upTo = one.upTo();
            boolean more = one.count() >= ApprovalFigures.COUNTED_MAX;
            String label = upTo == null ? "older" : "< " + When.length(upTo);
            data.add(Chart.Datum.of(label, one.count(), one.count() + (more ? " or more" : "")));
        }
        return Chart.of(
                "Parked, by age",
                "Requests that are pending at Permit and keep a conversation or job parked, by how long they wait",
                List.of("parked"),
                data);
    }

    private static Chart perDay(List<Decided> decided, LocalDate today, ZoneId zone) {
        Map<LocalDate, int[]> days = new TreeMap<>();
        for (int back = DAYS - 1; back >= 0; back--) {
            days.put(today.minusDays(back), new int[2]);
        }
        for (Decided one : decided) {
            int[] day = days.get(one.decidedAt().atZone(zone).toLocalDate());
            if (day != null) {
                day[one.approved() ? 0 : 1]++;
            }
        }
        List<Chart.Datum> data = new ArrayList<>();
        days.forEach((day, counts) -> data.add(new Chart.Datum(
                DAY.format(day),
                List.of(counts[0], counts[1]),
                List.of(String.valueOf(counts[0]), String.valueOf(counts[1])))));
        return Chart.of(
                "Decisions a day",
                "Of the last " + DAYS + " days, in " + Zones.word(zone),
                List.of("approved", "denied"),
                data);
    }

    private static Chart times(List<Duration> took) {
        List<Chart.Datum> data = new ArrayList<>();
        int before = 0;
        for (Duration limit : TIMES) {
            int below =
                    (int) took.stream().filter(one -> one.compareTo(limit) < 0).count();
            data.add(Chart.Datum.of("< " + When.length(limit), below - before, String.valueOf(below - before)));
            before = below;
        }
        int rest = took.size() - before;
        data.add(Chart.Datum.of("longer", rest, String.valueOf(rest)));
        return Chart.of("Time to decision", "From the request to the reviewer's word", List.of("decisions"), data);
    }

    private static List<Reviewer> reviewers(List<Decided> decided) {
        Map<String, int[]> counts = new TreeMap<>();
        for (Decided one : decided) {
            String reviewer = one.reviewer();
            int[] count = counts.computeIfAbsent(reviewer == null ? "unknown" : reviewer, name -> new int[2]);
            count[one.approved() ? 0 : 1]++;
        }
        List<Reviewer> reviewers = new ArrayList<>();
        counts.forEach((name, count) -> reviewers.add(
                new Reviewer(name, count[0], count[1], Math.round(count[0] * 100f / (count[0] + count[1])))));
        reviewers.sort(Comparator.comparingInt((Reviewer one) -> one.approved() + one.denied())
                .reversed()
                .thenComparing(Reviewer::name));
        return reviewers.subList(0, Math.min(REVIEWERS_MAX, reviewers.size()));
    }
}
