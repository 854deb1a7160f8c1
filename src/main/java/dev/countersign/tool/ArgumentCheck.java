package dev.countersign.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Checks a call's arguments against a tool's JSON Schema, more strictly than JSON Schema itself: a property that an object
 * does not declare is refused unless the schema says in so many words that others may come. So a model cannot add a
 * {@code user_id} to a tool that has none.
 *
 * <p>Understood: type, properties, required, additionalProperties, enum, const, length, range and count limits, items, anyOf,
 * oneOf, allOf, local $ref. Left to the server: pattern and format (a pattern is a program, and this one comes from a
 * stranger) and whatever else there is. Pure; depth and size are bounded.
 */
final class ArgumentCheck {
    private static final int DEPTH_MAX = 32;
    private final JsonNode root;

    ArgumentCheck(JsonNode schema) {
        this.root = schema;
    }

    /** What is wrong, in words that let a model do better; empty when nothing is. */
    Optional<String> complaint(JsonNode arguments) {
        if (!arguments.isObject()) {
            return Optional.of("expected one JSON object of arguments, got " + kind(arguments));
        }
        return check(root, arguments, "arguments", 0);
    }

    /**
     * The arguments without the nulls that stand for "left out": strict tool calling makes models write every property, and
     * null for those they do not want. A null that the schema allows stays.
     */
    ObjectNode withoutUnwantedNulls(ObjectNode arguments) {
        ObjectNode kept = arguments.deepCopy();
        Set<String> required = required(root);
        arguments.properties().forEach(property -> {
            JsonNode schema = resolve(declared(root, property.getKey()), 0);
            if (property.getValue().isNull()
                    && schema.isObject()
                    && !required.contains(property.getKey())
                    && check(schema, property.getValue(), "", 0).isPresent()) {
                kept.remove(property.getKey());
            }
        });
        return kept;
    }

    private Optional<String> check(JsonNode unresolved, JsonNode value, String at, int depth) {
        if (depth > DEPTH_MAX) {
            return Optional.of(at + " is nested too deeply");
        }
        JsonNode schema = resolve(unresolved, 0);
        if (schema.isBoolean()) {
            return schema.asBoolean() ? Optional.empty() : Optional.of(at + " is not allowed");
        }
        return first(
                checkType(schema, value, at),
                checkChoice(schema, value, at),
                checkSize(schema, value, at),
                checkMembers(schema, value, at, depth),
                checkCombinations(schema, value, at, depth));
    }

    @SafeVarargs
    private static Optional<String> first(Optional<String>... complaints) {
        for (Optional<String> complaint : complaints) {
            if (complaint.isPresent()) {
                return complaint;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> checkType(JsonNode schema, JsonNode value, String at) {
        JsonNode type = schema.path("type");
        if (type.isMissingNode() || (type.isTextual() && isA(type.asText(), value))) {
            return Optional.empty();
        }
        for (JsonNode one : type) {
            if (isA(one.asText(), value)) {
                return Optional.empty();
            }
        }
        return Optional.of(
                "expected " + (type.isTextual() ? type.asText() : type) + " at " + at + ", got " + kind(value));
    }

    private static boolean isA(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            case "number" -> value.isNumber();
            case "integer" ->
                value.isIntegralNumber()
                        || (value.isNumber()
                                && value.decimalValue().stripTrailingZeros().scale() <= 0);
            default -> false;
        };
    }

    private static Optional<String> checkChoice(JsonNode schema, JsonNode value, String at) {
        JsonNode choices = schema.path("enum");
        if (choices.isArray()) {
            for (JsonNode choice : choices) {
                if (choice.equals(value)) {
                    return Optional.empty();
                }
            }
            return Optional.of("expected one of " + Words.brief(choices.toString()) + " at " + at);
        }
        boolean wrong = schema.has("const") && !schema.get("const").equals(value);
        return wrong
                ? Optional.of("expected " + Words.brief(schema.get("const").toString()) + " at " + at)
                : Optional.empty();
    }

    private static Optional<String> checkSize(JsonNode schema, JsonNode value, String at) {
        if (value.isTextual()) {
            String text = value.asText();
            return bounds(schema, "minLength", "maxLength", text.codePointCount(0, text.length()), at + "'s length");
        }
        if (value.isArray()) {
            return bounds(schema, "minItems", "maxItems", value.size(), at + "'s number of items");
        }
        return value.isNumber() ? range(schema, value.decimalValue(), at) : Optional.empty();
    }

    private static Optional<String> bounds(JsonNode schema, String min, String max, int size, String what) {
        if (size < schema.path(min).asInt(0)) {
            return Optional.of("expected " + what + " to be at least " + schema.path(min) + ", got " + size);
        }
        if (size > schema.path(max).asInt(Integer.MAX_VALUE)) {
            return Optional.of("expected " + what + " to be at most " + schema.path(max) + ", got " + size);
        }
        return Optional.empty();
    }

    private static Optional<String> range(JsonNode schema, BigDecimal value, String at) {
        boolean low = below(schema.path("minimum"), value, 0) || below(schema.path("exclusiveMinimum"), value, 1);
        // Sent on, it would become a word that is no number in JSON.
        boolean endless = Double.isInfinite(value.doubleValue());
        boolean high =
                endless || above(schema.path("maximum"), value, 0) || above(schema.path("exclusiveMaximum"), value, -1);
        return low || high
                ? Optional.of("the number at " + at + " is too " + (low ? "small" : "large"))
                : Optional.empty();
    }

    private static boolean below(JsonNode limit, BigDecimal value, int atLeast) {
        return limit.isNumber() && value.compareTo(limit.decimalValue()) < atLeast;
    }

    private static boolean above(JsonNode limit, BigDecimal value, int atMost) {
        return limit.isNumber() && value.compareTo(limit.decimalValue()) > atMost;
    }

    private Optional<String> checkMembers(JsonNode schema, JsonNode value, String at, int depth) {
        if (value.isArray()) {
            JsonNode items = schema.path("items");
            for (int i = 0; i < value.size() && !items.isMissingNode(); i++) {
                Optional<String> complaint = check(items, value.get(i), at + "[" + i + "]", depth + 1);
                if (complaint.isPresent()) {
                    return complaint;
                }
            }
            return Optional.empty();
        }
        return value.isObject() ? checkProperties(schema, value, at, depth) : Optional.empty();
    }

    private Optional<String> checkProperties(JsonNode schema, JsonNode value, String at, int depth) {
        for (String name : required(schema)) {
            if (!value.has(name)) {
                return Optional.of(at + " lacks the required " + Words.quoted(name));
            }
        }
        for (var property : value.properties()) {
            String name = property.getKey();
            JsonNode declared = declared(schema, name);
            if (declared.isMissingNode() && !open(schema, depth)) {
                return Optional.of(at + " may not hold " + Words.quoted(name) + "; allowed: " + names(schema));
            }
            Optional<String> complaint = check(
                    declared.isMissingNode() ? schema.path("additionalProperties") : declared,
                    property.getValue(),
                    at + "." + Words.brief(name),
                    depth + 1);
            if (complaint.isPresent()) {
                return complaint;
            }
        }
        return Optional.empty();
    }

    /**
     * Whether an object may hold what it does not declare: only when the schema says so; below the top also when it declares
     * nothing at all, which is how servers write "any object".
     */
    private boolean open(JsonNode schema, int depth) {
        JsonNode others = schema.path("additionalProperties");
        if (!others.isMissingNode()) {
            return others.isObject() || others.asBoolean(false);
        }
        return depth > 0 && names(schema).isEmpty();
    }

    private Optional<String> checkCombinations(JsonNode schema, JsonNode value, String at, int depth) {
        for (String keyword : new String[] {"anyOf", "oneOf"}) {
            JsonNode branches = schema.path(keyword);
            Optional<String> last = Optional.empty();
            boolean fits = branches.isEmpty();
            for (JsonNode branch : branches) {
                // A branch that only lists what is required says nothing about which properties exist.
                last = check(withOuterProperties(branch, schema), value, at, depth + 1);
                fits = fits || last.isEmpty();
            }
            if (!fits) {
                return last;
            }
        }
        for (JsonNode part : schema.path("allOf")) {
            Optional<String> complaint = check(withOuterProperties(part, schema), value, at, depth + 1);
            if (complaint.isPresent()) {
                return complaint;
            }
        }
        return Optional.empty();
    }

    private JsonNode withOuterProperties(JsonNode branch, JsonNode outer) {
        JsonNode resolved = resolve(branch, 0);
        if (!resolved.isObject() || !(outer.has("properties") || outer.has("allOf"))) {
            return resolved;
        }
        ObjectNode merged = resolved.deepCopy();
        return merged.put("additionalProperties", true);
    }

    /** The declaration of a property: the object's own, or one that a branch of it brings. */
    private JsonNode declared(JsonNode schema, String name) {
        JsonNode own = schema.path("properties").path(name);
        if (!own.isMissingNode()) {
            return own;
        }
        for (String keyword : new String[] {"allOf", "anyOf", "oneOf"}) {
            for (JsonNode branch : schema.path(keyword)) {
                JsonNode found = resolve(branch, 0).path("properties").path(name);
                if (!found.isMissingNode()) {
                    return found;
                }
            }
        }
        return own;
    }

    private Set<String> names(JsonNode schema) {
        Set<String> names = new LinkedHashSet<>();
        schema.path("properties").fieldNames().forEachRemaining(names::add);
        for (String keyword : new String[] {"allOf", "anyOf", "oneOf"}) {
            for (JsonNode branch : schema.path(keyword)) {
                resolve(branch, 0).path("properties").fieldNames().forEachRemaining(names::add);
            }
        }
        return names;
    }

    private static Set<String> required(JsonNode schema) {
        Set<String> names = new LinkedHashSet<>();
        schema.path("required").forEach(name -> names.add(name.asText()));
        return names;
    }

    private JsonNode resolve(JsonNode schema, int hops) {
        String reference = schema.path("$ref").asText("");
        if (reference.isEmpty()) {
            return schema;
        }
        // A reference that leads nowhere, or in a circle, must not turn into "anything goes".
        if (hops > DEPTH_MAX || !reference.startsWith("#")) {
            return BooleanNode.FALSE;
        }
        JsonNode target = reference.equals("#") ? root : root.at(reference.substring(1));
        return target.isMissingNode() ? BooleanNode.FALSE : resolve(target, hops + 1);
    }

    private static String kind(JsonNode value) {
        return value.isObject() ? "an object" : value.isArray() ? "an array" : Words.brief(value.toString());
    }
}
