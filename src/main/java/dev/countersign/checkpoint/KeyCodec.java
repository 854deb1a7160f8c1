package dev.countersign.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Json;
import dev.countersign.thread.Transcript;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The small keys of a state as one JSON object: strings, whole numbers (read back as {@code Long}), booleans and
 * lists of strings; nothing else is accepted, before writing and again after reading.
 *
 * <pre>{"lastEvent":3,"open":["6f1c…"],"steps":2}</pre>
 */
final class KeyCodec {
    private static final ErrorCode UNSUPPORTED = new ErrorCode("CS-222", ErrorCode.Kind.INTERNAL);

    private KeyCodec() {}

    static String write(Map<String, Object> keys) {
        Map<String, Object> sorted = new TreeMap<>();
        keys.forEach((key, value) -> sorted.put(key, checked(key, value)));
        return Json.write(sorted);
    }

    /** Many of them, as one array. */
    static String writeAll(List<Map<String, Object>> all) {
        StringBuilder array = new StringBuilder("[");
        for (Map<String, Object> keys : all) {
            array.append(array.length() == 1 ? "" : ",").append(write(keys));
        }
        return array.append(']').toString();
    }

    private static Object checked(String key, Object value) {
        boolean plain = value instanceof String || value instanceof Long || value instanceof Boolean;
        boolean strings = value instanceof List<?> list && list.stream().allMatch(String.class::isInstance);
        if (plain || strings) {
            return value;
        }
        throw new CountersignException(
                UNSUPPORTED,
                "state key " + key + ": expected a string, long, boolean or list of strings, got " + value.getClass());
    }

    /** What {@link #write} and {@link #read} would make of them. */
    static Map<String, Object> copy(Map<String, Object> keys) {
        Map<String, Object> copy = new HashMap<>();
        keys.forEach((key, value) ->
                copy.put(key, checked(key, value) instanceof List<?> strings ? List.copyOf(strings) : value));
        return copy;
    }

    static Map<String, Object> read(String json, String where) {
        return keys(parsed(json, where), where);
    }

    /** What {@link #writeAll} wrote. */
    static List<Map<String, Object>> readAll(String json, String where) {
        List<Map<String, Object>> all = new ArrayList<>();
        JsonNode array = parsed(json, where);
        if (!array.isArray()) {
            throw unreadable(where, "a " + array.getNodeType() + " where a list of them belongs");
        }
        array.forEach(object -> all.add(keys(object, where)));
        return all;
    }

    private static JsonNode parsed(String json, String where) {
        try {
            return Json.read(json);
        } catch (CountersignException e) {
            throw unreadable(where, e.detail());
        }
    }

    private static Map<String, Object> keys(JsonNode object, String where) {
        Map<String, Object> keys = new HashMap<>();
        object.properties().forEach(entry -> keys.put(entry.getKey(), value(entry.getValue(), where)));
        return keys;
    }

    private static Object value(JsonNode node, String where) {
        if (node.isTextual()) {
            return node.textValue();
        }
        if (node.isIntegralNumber()) {
            return node.longValue();
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isArray()) {
            List<String> strings = new ArrayList<>();
            for (JsonNode item : node) {
                if (!item.isTextual()) {
                    throw unreadable(where, "a list that holds something other than strings");
                }
                strings.add(item.textValue());
            }
            return List.copyOf(strings);
        }
        throw unreadable(where, "a value of type " + node.getNodeType());
    }

    static CountersignException unreadable(String where, String got) {
        return new CountersignException(
                Transcript.UNREADABLE, "checkpoint " + where + ": expected a JSON object of plain values, got " + got);
    }
}
