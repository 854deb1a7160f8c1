package dev.countersign.tool;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Words with argument names in braces. A value is put in as plain text: line breaks and control characters become spaces and
 * its length is bounded, so that an argument cannot write itself a reason of its own. Pure.
 */
record Template(String text) {
    private static final Pattern PLACE = Pattern.compile("\\{([^{}]*)}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final int VALUE_CHARS = 200;

    Template {
        Matcher places = PLACE.matcher(text);
        while (places.find()) {
            if (!NAME.matcher(places.group(1)).matches()) {
                throw new IllegalArgumentException(
                        "expected an argument's name between braces in '" + text + "', got '" + places.group(1) + "'");
            }
        }
        if (text.isBlank()) {
            throw new IllegalArgumentException("expected a template, got a blank text");
        }
    }

    /** The words for these arguments; empty when one that is named is missing, blank, or not a plain value. */
    Optional<String> fill(JsonNode arguments) {
        Matcher places = PLACE.matcher(text);
        StringBuilder filled = new StringBuilder();
        while (places.find()) {
            JsonNode value = arguments.path(places.group(1));
            String plain = plain(value.asText(""));
            if (!value.isValueNode() || value.isNull() || plain.isEmpty()) {
                return Optional.empty();
            }
            places.appendReplacement(filled, Matcher.quoteReplacement(plain));
        }
        places.appendTail(filled);
        return Optional.of(filled.toString());
    }

    private static String plain(String value) {
        String oneLine =
                value.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}\\s]+", " ").strip();
        return oneLine.length() <= VALUE_CHARS
                ? oneLine
                : oneLine.substring(0, oneLine.offsetByCodePoints(0, oneLine.codePointCount(0, VALUE_CHARS))) + "...";
    }
}
