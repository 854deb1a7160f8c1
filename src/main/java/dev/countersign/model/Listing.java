package dev.countersign.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads named things out of a listing tool's result: rows that have a key and a name, wherever the list stands. */
final class Listing {
    private static final List<String> KEYS = List.of("key", "id", "resource_instance", "instance");
    private static final List<String> NAMES = List.of("name", "title", "label", "display_name");
    private static final int ROWS_MAX = 2_000;

    private Listing() {}

    static List<Entity> entities(String slot, JsonNode result) {
        List<Entity> entities = new ArrayList<>();
        for (JsonNode row : rows(result)) {
            String key = ownId(slot, row);
            if (key.isEmpty()) {
                key = first(row, KEYS);
            }
            String name = first(row, NAMES);
            if (name.isEmpty()) {
                name = first(row.path("attributes"), NAMES);
            }
            if (name.isEmpty()) {
                name = key;
            }
            if (key.isEmpty()) {
                key = name;
            }
            if (!key.isEmpty() && entities.size() < ROWS_MAX) {
                List<String> names = name.equals(key) ? List.of(name) : List.of(name, key);
                boolean wordy = key.codePoints().anyMatch(Character::isLetter);
                entities.add(new Entity(slot, key, name, wordy ? names : List.of(name), Map.of(), true));
            }
        }
        return entities;
    }

    /** The rows of a result: the result itself when it is a list, else its first list of objects. */
    static Iterable<JsonNode> rows(JsonNode result) {
        if (result.isArray()) {
            return result;
        }
        for (JsonNode part : result) {
            if (part.isArray() && (part.isEmpty() || part.get(0).isObject())) {
                return part;
            }
        }
        return List.of();
    }

    /** Rows of {@code {"volume_id": …}} name what {@code volume_id} parameters take, whatever else they hold. */
    private static String ownId(String slot, JsonNode row) {
        for (Map.Entry<String, JsonNode> field : row.properties()) {
            boolean its = SlotName.isId(field.getKey())
                    && SlotName.sameNoun(SlotName.ofParameter(field.getKey()), slot)
                    && field.getValue().isValueNode();
            if (its && !field.getValue().asText().isBlank()) {
                return field.getValue().asText();
            }
        }
        return "";
    }

    private static String first(JsonNode row, List<String> names) {
        for (String name : names) {
            if (row.path(name).isValueNode() && !row.path(name).asText().isBlank()) {
                return row.path(name).asText();
            }
        }
        return "";
    }
}
