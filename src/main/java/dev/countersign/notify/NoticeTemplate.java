package dev.countersign.notify;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lines with names in braces. A line that names something without a value is left out, so that one template does for messages
 * with and without texts. Values pass through an escape of the channel's own; what it gives back is never read for names again.
 */
record NoticeTemplate(List<String> lines) {
    private static final ErrorCode BAD_TEMPLATE = new ErrorCode("CS-761", ErrorCode.Kind.INVALID);
    private static final Pattern PLACE = Pattern.compile("\\{([^{}]*)}");

    NoticeTemplate {
        lines = List.copyOf(lines);
    }

    /**
     * Reads a template.
     *
     * @param where its file, for refusals
     * @throws CountersignException {@code CS-761} when it names what there is not
     */
    static NoticeTemplate parse(String where, String text) {
        List<String> lines = text.strip().lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            Matcher places = PLACE.matcher(lines.get(i));
            while (places.find()) {
                if (!Notice.isName(places.group(1))) {
                    throw refused(where, "line " + (i + 1) + " names {" + places.group(1) + "}, which there is not");
                }
            }
        }
        if (lines.isEmpty()) {
            throw refused(where, "it is empty");
        }
        return new NoticeTemplate(lines);
    }

    static CountersignException refused(String where, String why) {
        return new CountersignException(
                BAD_TEMPLATE,
                "template " + where + " cannot be used: " + why
                        + "; docs/notifications.md has the names and the files");
    }

    /** The words for these values. */
    String fill(Map<String, String> values, UnaryOperator<String> escape) {
        List<String> filled = new ArrayList<>();
        for (String line : lines) {
            Matcher places = PLACE.matcher(line);
            if (places.results().allMatch(place -> values.containsKey(place.group(1)))) {
                filled.add(places.reset()
                        .replaceAll(place ->
                                Matcher.quoteReplacement(escape.apply(values.getOrDefault(place.group(1), "")))));
            }
        }
        return String.join("\n", filled);
    }
}
