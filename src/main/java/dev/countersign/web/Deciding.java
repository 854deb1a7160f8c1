package dev.countersign.web;

import dev.countersign.core.Principal;
import dev.countersign.permit.PermitRequest;
import dev.countersign.server.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One decision on any number of cards. What cannot be done for one request keeps no other from being done, and each is told by
 * itself.
 */
final class Deciding {
    private static final int CONFLICT = 409;

    private final Reviews reviews;
    private final Principal reviewer;
    private final boolean yes;
    private final @Nullable String comment;
    private final List<SettledCard> settled = new ArrayList<>();
    private final List<Trouble> troubles = new ArrayList<>();
    private int done;

    Deciding(Reviews reviews, Principal reviewer, boolean yes, String comment) {
        this.reviews = reviews;
        this.reviewer = reviewer;
        this.yes = yes;
        this.comment = comment.isBlank() ? null : comment;
    }

    /**
     * A request that was not decided.
     *
     * @param id of its card
     */
    record Trouble(String id, String words, String code) {}

    /**
     * What came of all of it.
     *
     * @param done how many requests were decided
     */
    record Outcome(boolean yes, int done, List<SettledCard> settled, List<Trouble> troubles) {}

    /** Decides on one card, by its requests' ids. */
    void on(List<String> ids) {
        String place = InboxCard.place(ids.get(0));
        PermitRequest last = null;
        int agreed = 0;
        for (String id : ids) {
            try {
                last = reviews.desk().decide(reviewer, id, yes, comment);
                agreed++;
            } catch (RuntimeException e) {
                Problem problem = Problem.of(e);
                if (problem.status() == CONFLICT) {
                    shown(place, id);
                }
                troubles.add(new Trouble(place, problem.detail(), problem.code()));
            }
        }
        done += agreed;
        if (last != null && agreed == ids.size()) {
            String words = (yes ? "Approved" : "Denied") + " by you" + (agreed > 1 ? ", " + agreed + " times" : "");
            settled.add(SettledCard.of(place, last, words, reviews.names()));
        }
    }

    /** Somebody was faster: what they decided is where the card was. */
    private void shown(String place, String id) {
        reviews.desk()
                .shown(reviewer, id)
                .ifPresent(request -> settled.add(SettledCard.of(
                        place, request, SettledCard.outcome(request, reviews.names()), reviews.names())));
    }

    Outcome outcome() {
        return new Outcome(yes, done, List.copyOf(settled), List.copyOf(troubles));
    }
}
