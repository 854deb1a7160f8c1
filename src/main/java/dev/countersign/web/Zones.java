package dev.countersign.web;

import io.javalin.http.Context;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * The reader's time zone, as the page's script keeps it in a cookie; UTC before it could, and for what is no zone. Single times the
 * script itself shows in the reader's zone; the server needs it where it counts by days.
 */
final class Zones {
    static final String COOKIE = "countersign-zone";
    private static final int CHARS_MAX = 64;

    private Zones() {}

    static ZoneId of(Context context) {
        return of(context.cookie(COOKIE));
    }

    static ZoneId of(@Nullable String given) {
        if (given == null || given.length() > CHARS_MAX) {
            return ZoneOffset.UTC;
        }
        try {
            return ZoneId.of(given);
        } catch (DateTimeException e) {
            return ZoneOffset.UTC;
        }
    }

    /** What people call it. */
    static String word(ZoneId zone) {
        return zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId();
    }
}
