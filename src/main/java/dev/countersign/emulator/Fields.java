package dev.countersign.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A JSON object from a client, read with Permit's own leniency: numbers serve as text, unknown fields are ignored. */
record Fields(ObjectNode node) {
    private static final int LONGEST_TEXT = 100_000;

    boolean has(String name) {
        return node.has(name);
    }

    /** The text of a field that must be there and not be empty. */
    String required(String name) {
        String value = text(name);
        if (value == null || value.isEmpty()) {
            throw ApiError.missing(name);
        }
        return value;
    }

    /** The text of a field, empty when it is absent or null. */
    String optional(String name) {
        String value = text(name);
        return value == null ? "" : value;
    }

    @Nullable
    String text(String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isValueNode() || value.isBoolean()) {
            throw ApiError.invalid("body", name, "str type expected", "type_error.str");
        }
        if (value.asText().length() > LONGEST_TEXT) {
            throw ApiError.invalid(
                    "body", name, "ensure this value has at most " + LONGEST_TEXT + " characters", "value_error");
        }
        return value.asText();
    }

    /** A nested object that must be there. */
    Fields requiredObject(String name) {
        if (!node.hasNonNull(name)) {
            throw ApiError.missing(name);
        }
        return new Fields(object(name));
    }

    /** A nested object, empty when it is absent or null. */
    ObjectNode object(String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return Json.object();
        }
        if (!(value instanceof ObjectNode object)) {
            throw ApiError.invalid("body", name, "value is not a valid dict", "type_error.dict");
        }
        return object;
    }

    /** A nested list of texts, empty when it is absent or null. */
    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (JsonNode item : array(name)) {
            if (!item.isValueNode()) {
                throw ApiError.invalid("body", name, "str type expected", "type_error.str");
            }
            texts.add(item.asText());
        }
        return texts;
    }

    /** A nested list of objects, empty when it is absent or null. */
    List<Fields> objects(String name) {
        List<Fields> items = new ArrayList<>();
        for (JsonNode item : array(name)) {
            items.add(of(item));
        }
        return items;
    }

    private ArrayNode array(String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return Json.array();
        }
        if (!(value instanceof ArrayNode array)) {
            throw ApiError.invalid("body", name, "value is not a valid list", "type_error.list");
        }
        return array;
    }

    static Fields of(JsonNode value) {
        if (!(value instanceof ObjectNode object)) {
            throw ApiError.invalid("body", "__root__", "value is not a valid dict", "type_error.dict");
        }
        return new Fields(object);
    }
}
