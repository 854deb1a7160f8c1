package dev.countersign.web;

import dev.countersign.permit.PermitRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits for nobody any more, where its card was.
 *
 * @param id of the card it takes the place of
 * @param outcome what became of it
 * @param colour good, bad or none
 */
record SettledCard(
        String id,
        String title,
        String outcome,
        String colour,
        @Nullable String comment) {
    static SettledCard of(String id, PermitRequest request, String outcome, NameBook names) {
        String title = names.user(request.requester()) + ": " + InboxCard.what(request, names);
        return new SettledCard(id, title, outcome, colour(request), request.reviewerComment());
    }

    private static String colour(PermitRequest request) {
        return switch (request.status()) {
            case APPROVED -> "good";
            case DENIED -> "bad";
            default -> "";
        };
    }

    /** What became of a request, as Permit tells it. */
    static String outcome(PermitRequest request, NameBook names) {
        String reviewer = request.reviewer();
        String by = reviewer == null ? "" : " by " + names.user(reviewer);
        return switch (request.status()) {
            case APPROVED -> "Approved" + by;
            case DENIED -> "Denied" + by;
            case CANCELED -> "Withdrawn or expired";
            default -> "No longer waiting for you";
        };
    }
}
