package dev.countersign.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import java.util.ArrayList;
import java.util.List;

/** JSON as people read it. */
final class Shown {
    private static final int BRIEF_CHARS_MAX = 90;

    private Shown() {}

    /**
     * One argument of a call.
     *
     * @param value a text as it is, anything else as JSON
     */
    record Argument(String name, String value) {}

    /** JSON over several lines; what is none, as it is. */
    static String pretty(String text) {
        try {
            return pretty(Json.read(text));
        } catch (CountersignException e) {
            return text;
        }
    }

    static String pretty(JsonNode value) {
        try {
            return Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            return value.toString();
        }
    }

    /** The arguments of a call, in order; what is no object is one argument without a name. */
    static List<Argument> arguments(JsonNode value) {
        List<Argument> arguments = new ArrayList<>();
        if (!value.isObject()) {
            return List.of(new Argument("", word(value)));
        }
        value.properties().forEach(one -> arguments.add(new Argument(one.getKey(), word(one.getValue()))));
        return arguments;
    }

    private static String word(JsonNode value) {
        return value.isTextual() ? value.asText() : value.isContainerNode() ? pretty(value) : value.toString();
    }

    /** The values of a call's arguments in one short line. */
    static String brief(String json) {
        try {
            List<String> words =
                    arguments(Json.read(json)).stream().map(Argument::value).toList();
            return cut(String.join(" · ", words).replaceAll("\\s+", " "), BRIEF_CHARS_MAX);
        } catch (CountersignException e) {
            return cut(json, BRIEF_CHARS_MAX);
        }
    }

    /** No longer than that, and never half a character. */
    static String cut(String text, int charsMax) {
        if (text.length() <= charsMax) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(charsMax - 2)) ? charsMax - 2 : charsMax - 1;
        return text.substring(0, end) + "…";
    }
}
