package dev.countersign.web;

import dev.countersign.permit.PermitRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An inbox as it changes, in pieces of its page. First {@code ids} names the cards there are, so that the page can see whether it
 * has missed something; from then on what came, went or changed is told, also a card whose call was not in the store yet when it came. Permit is asked when the decision log has grown, at most
 * once a second, and now and then for requests that were not filed here.
 */
final class ReviewFeed extends PageFeed {
    /** In quarters of a second. */
    private static final int TICKS_MIN = 4;

    private static final int TICKS_MAX = 60;

    /** When more than this has changed at once, the page is told to look anew rather than each change. */
    private static final int CHANGES_MAX = 50;

    /** A request is at Permit a moment before the store knows what its agent filed; after this it is not ours. */
    private static final Duration YOUNG = Duration.ofMinutes(1);

    private final Reviews reviews;
    private final Pen pen;

    /** Places of young requests whose cards were shown without the exact call, or may have been. */
    private final Set<String> incomplete = new HashSet<>();

    private @Nullable Map<String, List<PermitRequest>> told;
    private int ticks = TICKS_MIN;
    private boolean due = true;

    ReviewFeed(Client client, Pen pen, Reviews reviews) {
        super(client);
        this.pen = pen;
        this.reviews = reviews;
    }

    /** How many cards wait. */
    record Count(int waiting) {}

    @Override
    void logGrew() {
        due();
    }

    private synchronized void due() {
        due = true;
    }

    @Override
    void ticked() {
        if (isTime()) {
            soon();
        }
    }

    private synchronized boolean isTime() {
        ticks++;
        due |= ticks >= TICKS_MAX;
        return due && ticks >= TICKS_MIN;
    }

    private synchronized boolean begin() {
        if (stream().waiting() > 0 || !due || ticks < TICKS_MIN) {
            return false;
        }
        due = false;
        ticks = 0;
        return true;
    }

    @Override
    protected void look() {
        if (!begin()) {
            return;
        }
        Map<String, List<PermitRequest>> before = told;
        Map<String, List<PermitRequest>> now = reviews.waiting(principal());
        if (before == null) {
            told = now;
            now.forEach((place, same) -> incomplete.add(place));
            forgetOld(now);
            tellAll(now);
            return;
        }
        forgetOld(now);
        List<String> gone = before.keySet().stream()
                .filter(place -> !now.containsKey(place))
                .toList();
        List<List<PermitRequest>> changed = now.entrySet().stream()
                .filter(entry ->
                        hasChanged(before.get(entry.getKey()), entry.getValue().size())
                                || incomplete.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .toList();
        told = now;
        if (gone.size() + changed.size() > CHANGES_MAX) {
            tellAll(now);
        } else {
            tell(before, gone, changed);
        }
        if (before.size() != now.size()) {
            patch(null, pen.piece("count", new Count(now.size())));
        }
    }

    private static boolean hasChanged(@Nullable List<PermitRequest> known, int size) {
        return known == null || known.size() != size;
    }

    private void forgetOld(Map<String, List<PermitRequest>> now) {
        Instant young = pen.site().parts().runtime().archive().now().minus(YOUNG);
        incomplete.removeIf(place -> !now.containsKey(place)
                || now.getOrDefault(place, List.of()).get(0).createdAt().isBefore(young));
    }

    private void tellAll(Map<String, List<PermitRequest>> now) {
        stream().offer(null, "ids", String.join(" ", now.keySet()) + " ");
    }

    private void tell(Map<String, List<PermitRequest>> before, List<String> gone, List<List<PermitRequest>> changed) {
        StringBuilder pieces = new StringBuilder();
        for (String place : gone) {
            pieces.append(pen.piece("settled", settled(place, before.getOrDefault(place, List.of()))));
        }
        if (!changed.isEmpty()) {
            for (InboxCard card : reviews.cards(principal(), changed)) {
                List<PermitRequest> known = before.get(card.id());
                boolean whole = !card.agent().isEmpty();
                if (whole || hasChanged(known, card.ids().size())) {
                    pieces.append(pen.piece("card", card));
                }
                if (whole) {
                    incomplete.remove(card.id());
                } else {
                    incomplete.add(card.id());
                }
            }
        }
        patch(null, pieces);
    }

    private SettledCard settled(String place, List<PermitRequest> same) {
        PermitRequest request = same.get(0);
        PermitRequest now = reviews.desk().shown(principal(), request.id()).orElse(request);
        return SettledCard.of(place, now, SettledCard.outcome(now, reviews.names()), reviews.names());
    }
}
