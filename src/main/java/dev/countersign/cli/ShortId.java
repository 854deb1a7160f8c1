package dev.countersign.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** An id as people type it: whole, or its first characters when only one of those in sight begins so. */
final class ShortId {
    private static final int CHARS_MIN = 8;
    /** One of ours, or one of before or of somebody else's; an effect's is longer, and of hexadecimal digits. */
    private static final Pattern WHOLE = Pattern.compile("(?![0-9a-f]*$)(?:[0-9a-z]{19}|[0-9a-z]{21})|.{36,}");

    private static final int LATEST = 200;

    private ShortId() {}

    /** The id of one of the login's threads or jobs, of which the latest are looked through. */
    static String ofThread(String given, Api api) {
        return whole(given, () -> {
            List<String> ids = new ArrayList<>();
            api.get("/api/threads?limit=" + LATEST)
                    .path("threads")
                    .forEach(item -> ids.add(item.path("id").asText()));
            return ids;
        });
    }

    /**
     * The whole id; what begins no id in sight is given back as it is, and whoever is asked for it says so.
     *
     * @param inSight the ids it may stand for; asked only when the given one may be short
     */
    static String whole(String given, Supplier<List<String>> inSight) {
        String id = given.strip();
        if (id.isEmpty()) {
            throw CliErrors.usage("expected an id, got an empty text");
        }
        if (id.length() < CHARS_MIN || WHOLE.matcher(id).matches()) {
            return id;
        }
        List<String> fitting = inSight.get().stream()
                .filter(known -> known.startsWith(id))
                .distinct()
                .toList();
        if (fitting.size() > 1 && !fitting.contains(id)) {
            throw CliErrors.usage("expected the beginning of one id, got '" + id + "', which begins " + fitting.size()
                    + " of them; give more characters");
        }
        return fitting.size() == 1 ? fitting.get(0) : id;
    }
}
