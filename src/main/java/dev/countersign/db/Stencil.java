package dev.countersign.db;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A text in which names can be replaced by others, all at once and again and again. Safe for use by many threads. */
public final class Stencil {
    private final List<String> between = new ArrayList<>();
    private final List<Integer> names = new ArrayList<>();

    /**
     * Cuts a text.
     *
     * @param named the names to look for, each with its place among those that will be put in
     */
    public Stencil(String text, Map<String, Integer> named) {
        Pattern any = Pattern.compile(named.keySet().stream()
                // The longest first: one may begin with another.
                .sorted((one, other) -> Integer.compare(other.length(), one.length()))
                .map(Pattern::quote)
                .collect(Collectors.joining("|")));
        Matcher found = any.matcher(text);
        int from = 0;
        while (found.find()) {
            between.add(text.substring(from, found.start()));
            names.add(named.get(found.group()));
            from = found.end();
        }
        between.add(text.substring(from));
    }

    /** The text with those in place of the names. */
    public String with(List<String> put) {
        if (names.isEmpty()) {
            return between.get(0);
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            text.append(between.get(i)).append(put.get(names.get(i)));
        }
        return text.append(between.get(names.size())).toString();
    }
}
