package dev.countersign.web;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Times as a page says them before its script knows the reader's zone: in UTC, and as lengths from the time of the request.
 *
 * @param now when the page was made
 */
record When(Instant now) {
    private static final DateTimeFormatter TODAY =
            DateTimeFormatter.ofPattern("HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter ANOTHER_DAY =
            DateTimeFormatter.ofPattern("d MMM HH:mm 'UTC'", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter WHOLE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** With the day when that is another one. */
    String clock(Instant at) {
        boolean today = at.atZone(ZoneOffset.UTC)
                .toLocalDate()
                .equals(now.atZone(ZoneOffset.UTC).toLocalDate());
        return (today ? TODAY : ANOTHER_DAY).format(at);
    }

    /** To the second. */
    String whole(Instant at) {
        return WHOLE.format(at);
    }

    /** How long ago it was, in one unit. */
    String since(Instant at) {
        return length(Duration.between(at, now));
    }

    /** How long it still is, in one unit; "now" once it is over. */
    String until(@Nullable Instant at) {
        return at == null ? "" : length(Duration.between(now, at));
    }

    /** One unit is enough to judge by: 45 s, 12 min, 5 h, 6 d. */
    static String length(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        if (seconds < 1) {
            return "now";
        }
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min";
        }
        return seconds < 48 * 3600 ? seconds / 3600 + " h" : seconds / 86_400 + " d";
    }
}
