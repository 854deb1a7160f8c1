package dev.countersign.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds ids in a text: what looks like one by itself, and what stands where one is announced ("request 12", "id abc"). */
final class Ids {
    private static final String UUID_FORM =
            "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";
    private static final Pattern FORM = Pattern.compile("(?<![\\p{L}\\p{N}$€£_-])(?:" + UUID_FORM
            + "|#\\s?[\\p{L}\\p{N}][\\p{L}\\p{N}_-]*|[\\p{L}\\p{N}]+(?:[-_:][\\p{L}\\p{N}]+)+|\\p{L}*\\p{N}[\\p{L}\\p{N}]*)"
            + "(?![\\p{L}\\p{N}_-])");
    private static final Pattern ANNOUNCED =
            Pattern.compile("(?i)\\bid(?:\\s+(?:is|of|number))?\\s*[:=]?\\s+([\\p{L}\\p{N}][\\p{L}\\p{N}_-]*)");
    private static final Pattern NOT_AN_ID = Pattern.compile(
            "(?i)\\d+(st|nd|rd|th|am|pm|x|h|min|cm|kg|g|years?|yo|%)|\\d{1,2}[-:]\\d{2}|[a-z]+(-[a-z]+)+|\\p{L}+_\\p{L}+");
    private static final Set<String> UNITS = Set.of(
            "dollar", "buck", "year", "minute", "hour", "day", "euro", "people", "person", "time", "o", "am", "pm",
            "guest", "friend", "kid");
    private static final Set<String> NEVER = Set.of("please", "and", "is", "it", "the", "for", "of", "number", "to");

    private Ids() {}

    /** An id as it was written, without {@code #}, and where. */
    record Found(String id, int start, int end) {}

    static List<Found> in(String text) {
        List<Found> found = new ArrayList<>();
        Matcher form = FORM.matcher(text);
        while (form.find()) {
            String raw = form.group();
            if ((raw.startsWith("#") || !NOT_AN_ID.matcher(raw).matches()) && !isQuantity(text, form)) {
                found.add(new Found(raw.replaceFirst("^#\\s?", ""), form.start(), form.end()));
            }
        }
        Matcher announced = ANNOUNCED.matcher(text);
        while (announced.find()) {
            int start = announced.start(1);
            boolean known = found.stream().anyMatch(one -> one.start() <= start && start < one.end());
            if (!known && !NEVER.contains(announced.group(1).toLowerCase(java.util.Locale.ROOT))) {
                found.add(new Found(announced.group(1), start, announced.end(1)));
            }
        }
        return found;
    }

    /** "10.00", "5 dollars": a number that counts something. */
    private static boolean isQuantity(String text, Matcher form) {
        if (!form.group().chars().allMatch(Character::isDigit)) {
            return false;
        }
        String after = text.substring(form.end());
        if (after.matches("(?s)[.,]\\d.*") || text.substring(0, form.start()).matches("(?s).*\\d[.,]")) {
            return true;
        }
        List<String> next = Tokens.plain(after.length() > 30 ? after.substring(0, 30) : after);
        return !next.isEmpty() && UNITS.contains(Stem.of(next.get(0)));
    }
}
