package dev.countersign.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.checkpoint.CheckpointStore;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What differs between two states, by structure: objects field by field, lists by what came and what went, everything else by
 * value. A key whose text is JSON is compared as what it says. The transcript is left out: it only ever grows.
 */
final class StateDiff {
    private StateDiff() {}

    /** The small keys of a state as one object, sorted, JSON texts as what they say. */
    static ObjectNode readable(Map<String, Object> state) {
        ObjectNode keys = Json.object();
        new TreeMap<>(state).forEach((key, value) -> {
            if (!key.equals(CheckpointStore.MESSAGES)) {
                keys.set(key, structured(value));
            }
        });
        return keys;
    }

    private static JsonNode structured(Object value) {
        if (value instanceof String text && (text.startsWith("{") || text.startsWith("["))) {
            try {
                return Json.read(text);
            } catch (CountersignException e) {
                // A text that only looks like JSON is a text.
                return Json.mapper().valueToTree(text);
            }
        }
        return Json.mapper().valueToTree(value);
    }

    /** The differences, sorted by path; in a list what went before what came. */
    static List<Change> between(ObjectNode before, ObjectNode after) {
        List<Change> changes = new ArrayList<>();
        objects("", before, after, changes);
        return changes;
    }

    private static void objects(String path, JsonNode before, JsonNode after, List<Change> changes) {
        TreeSet<String> names = new TreeSet<>();
        before.fieldNames().forEachRemaining(names::add);
        after.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            String place = path.isEmpty() ? name : path + "." + name;
            if (!before.has(name)) {
                changes.add(Change.added(place, after.path(name)));
            } else if (!after.has(name)) {
                changes.add(Change.removed(place, before.path(name)));
            } else {
                values(place, before.path(name), after.path(name), changes);
            }
        }
    }

    private static void values(String path, JsonNode before, JsonNode after, List<Change> changes) {
        if (before.equals(after)) {
            return;
        }
        if (before.isObject() && after.isObject()) {
            objects(path, before, after, changes);
        } else if (before.isArray() && after.isArray()) {
            lists(path, before, after, changes);
        } else {
            changes.add(Change.changed(path, before, after));
        }
    }

    private static void lists(String path, JsonNode before, JsonNode after, List<Change> changes) {
        List<JsonNode> gone = without(before, after);
        List<JsonNode> come = without(after, before);
        if (gone.isEmpty() && come.isEmpty()) {
            // The same things in another order.
            changes.add(Change.changed(path, before, after));
        }
        gone.forEach(item -> changes.add(Change.removed(path, item)));
        come.forEach(item -> changes.add(Change.added(path, item)));
    }

    /** What stands in a list more often than in the other. */
    private static List<JsonNode> without(JsonNode list, JsonNode other) {
        List<JsonNode> rest = new ArrayList<>();
        list.forEach(rest::add);
        for (Iterator<JsonNode> taken = other.elements(); taken.hasNext(); ) {
            rest.remove(taken.next());
        }
        return rest;
    }
}
