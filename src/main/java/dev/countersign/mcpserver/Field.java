package dev.countersign.mcpserver;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One parameter of a tool: the one place from which both its JSON schema and its check are made, so they cannot differ.
 *
 * @param otherwise the value of an absent parameter; null for none
 * @param options for {@link Form#CHOICE}, the words that are allowed
 * @param min smallest number, or shortest text
 * @param max largest number, or longest text, in characters
 */
public record Field(
        String name,
        Form form,
        boolean required,
        String description,
        @Nullable Object otherwise,
        List<String> options,
        int min,
        int max) {
    /** What a value may look like. */
    public enum Form {
        /** Free text in any script, several lines; data, never interpreted. */
        TEXT,
        /** One line without control characters. */
        LINE,
        /** A Permit key or id that is safe as one segment of a path. */
        KEY,
        /** A request's id. */
        UUID,
        /** One of a few words. */
        CHOICE,
        /** A whole number. */
        NUMBER
    }

    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9|@+\\-._:]+");
    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    public Field {
        options = List.copyOf(options);
    }

    public static Field text(String name, int max, String description) {
        return new Field(name, Form.TEXT, true, description, null, List.of(), 1, max);
    }

    public static Field line(String name, int max, String description) {
        return new Field(name, Form.LINE, true, description, null, List.of(), 1, max);
    }

    public static Field key(String name, String description) {
        return new Field(name, Form.KEY, true, description, null, List.of(), 1, 200);
    }

    public static Field uuid(String name, String description) {
        return new Field(name, Form.UUID, true, description, null, List.of(), 36, 36);
    }

    public static Field choice(String name, List<String> options, String description) {
        return new Field(name, Form.CHOICE, true, description, null, options, 1, 40);
    }

    /** A number from 1 that may be absent. */
    public static Field number(String name, int max, int otherwise, String description) {
        return new Field(name, Form.NUMBER, false, description, otherwise, List.of(), 1, max);
    }

    /** The same parameter, which may now be absent. */
    public Field optional() {
        return new Field(name, form, false, description, otherwise, options, min, max);
    }

    Map<String, Object> schema() {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", form == Form.NUMBER ? "integer" : "string");
        schema.put("description", description);
        switch (form) {
            case NUMBER -> {
                schema.put("minimum", min);
                schema.put("maximum", max);
            }
            case CHOICE -> schema.put("enum", options);
            case UUID -> schema.put("format", "uuid");
            case TEXT, LINE, KEY -> {
                schema.put("minLength", min);
                schema.put("maxLength", max);
            }
        }
        if (otherwise != null) {
            schema.put("default", otherwise);
        }
        return schema;
    }

    /** The value as it is used, or the refusal that says what was expected. */
    Object checked(Object value) {
        if (form == Form.NUMBER) {
            return checkedNumber(value);
        }
        if (!(value instanceof String text)) {
            throw refused("a text", "another JSON type");
        }
        if (text.isBlank()) {
            throw refused(expected(), "an empty text");
        }
        if (text.length() > max) {
            throw refused("at most " + max + " characters", text.length() + " of them");
        }
        if (!fits(text)) {
            throw refused(expected(), "another form");
        }
        return form == Form.TEXT ? text : text.strip();
    }

    private Object checkedNumber(Object value) {
        if (value instanceof Number number
                && number.doubleValue() == Math.rint(number.doubleValue())
                && number.doubleValue() >= min
                && number.doubleValue() <= max) {
            return number.intValue();
        }
        throw refused("a whole number from " + min + " to " + max, "something else");
    }

    private boolean fits(String text) {
        return switch (form) {
            case LINE -> !CONTROL.matcher(text).find();
            case KEY ->
                KEY.matcher(text.strip()).matches() && text.strip().chars().anyMatch(c -> c != '.');
            case UUID -> UUID.matcher(text.strip()).matches();
            case CHOICE -> options.contains(text.strip());
            case TEXT, NUMBER -> true;
        };
    }

    private String expected() {
        return switch (form) {
            case TEXT -> "a text";
            case LINE -> "one line of text";
            case KEY -> "a key or id of letters, digits or | @ + - . _ :";
            case UUID -> "an id in the form of a UUID, as the list tools show it";
            case CHOICE -> "one of " + String.join(", ", options);
            case NUMBER -> "a whole number";
        };
    }

    // What came is described, not repeated: it may be anything, and the caller has it.
    private ToolRefusal refused(String expected, String got) {
        return new ToolRefusal("invalid_arguments", name + ": expected " + expected + ", got " + got + ".");
    }
}
