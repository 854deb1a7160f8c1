package dev.countersign.web;

import dev.countersign.permit.PermitRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An inbox as it changes, in pieces of its page. First {@code ids} names the cards there are, so that the page can see whether it
 * has missed something; from then on what came, went or changed is told. Permit is asked when the decision log has grown, at most
 * once a second, and now and then for requests that were not filed here.
 */
final class ReviewFeed extends PageFeed {
    /** In quarters of a second. */
    private static final int TICKS_MIN = 4;

    private static final int TICKS_MAX = 60;

    private final Reviews reviews;
    private final Pen pen;
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
        Map<String, List<PermitRequest>> now = reviews.waiting(principal());
        Map<String, List<PermitRequest>> before = told;
        told = now;
        if (before == null) {
            stream().offer(null, "ids", String.join(" ", now.keySet()) + " ");
            return;
        }
        StringBuilder pieces = new StringBuilder();
        before.forEach((place, same) -> {
            if (!now.containsKey(place)) {
                pieces.append(pen.piece("settled", settled(place, same)));
            }
        });
        now.forEach((place, same) -> {
            List<PermitRequest> known = before.get(place);
            if (known == null || known.size() != same.size()) {
                pieces.append(pen.piece("card", reviews.card(same)));
            }
        });
        if (before.size() != now.size()) {
            pieces.append(pen.piece("count", new Count(now.size())));
        }
        patch(null, pieces);
    }

    private SettledCard settled(String place, List<PermitRequest> same) {
        PermitRequest request = same.get(0);
        PermitRequest now = reviews.desk().shown(principal(), request.id()).orElse(request);
        return SettledCard.of(place, now, SettledCard.outcome(now, reviews.names()), reviews.names());
    }
}
