package dev.countersign.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import dev.countersign.core.Json;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;

/** JSON as it crosses the wire: records with snake_case names, requests bounded in size and depth. */
final class Wire {
    /** Largest request body in bytes, and largest WebSocket message: the longest text fits, every character escaped. */
    static final int BODY_BYTES_MAX = 256 * 1024;

    private static final ObjectMapper SNAKE =
            Json.mapper().copy().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

    private Wire() {}

    static JsonNode tree(Object value) {
        return SNAKE.valueToTree(value);
    }

    static void answer(Context context, int status, Object value) {
        try {
            context.status(status).contentType("application/json").result(SNAKE.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records can be written", e);
        }
    }

    /** The request's body, which must be a JSON object. */
    static JsonNode body(Context context) {
        return Body.any(context);
    }

    static JsonNode object(String text) {
        return Body.parse(text);
    }

    /** A text field that must be there and not be blank. */
    static String text(JsonNode object, String field, int charsMax) {
        String value = object.path(field).isTextual() ? object.path(field).asText() : "";
        // Half a character would be stored as another one.
        boolean whole = StandardCharsets.UTF_8.newEncoder().canEncode(value);
        if (value.isBlank() || value.length() > charsMax || !whole) {
            throw ServerErrors.badRequest("expected '" + field + "' to be a text of 1 to " + charsMax
                    + " characters, got " + describe(object.path(field)));
        }
        return value;
    }

    /** A text field that may be missing or blank, which is the same as empty. */
    static String optionalText(JsonNode object, String field, int charsMax) {
        JsonNode value = object.path(field);
        boolean absent = value.isMissingNode()
                || value.isNull()
                || (value.isTextual() && value.asText().isBlank());
        return absent ? "" : text(object, field, charsMax);
    }

    private static String describe(JsonNode value) {
        return value.isTextual()
                ? value.asText().length() + " characters or halves of some"
                : "a " + value.getNodeType();
    }

    /** A place in a long list, in the query; 0 when it is not there. */
    static long position(Context context, String name) {
        String given = context.queryParam(name);
        if (given == null) {
            return 0;
        }
        if (given.matches("\\d{1,18}")) {
            return Long.parseLong(given);
        }
        throw ServerErrors.badRequest("expected '" + name + "' to be a whole number from 0 on");
    }

    /** A whole number in the query, within bounds. */
    static int number(Context context, String name, int otherwise, int max) {
        String given = context.queryParam(name);
        if (given == null) {
            return otherwise;
        }
        if (given.matches("\\d{1,9}") && Integer.parseInt(given) <= max) {
            return Integer.parseInt(given);
        }
        throw ServerErrors.badRequest("expected '" + name + "' to be a whole number from 0 to " + max);
    }
}
