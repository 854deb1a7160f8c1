package dev.countersign.mcpserver;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A call's arguments after the check: every value has its field's form, and nothing else is in it. Immutable. */
public final class Arguments {
    private final Map<String, Object> values;

    private Arguments(Map<String, Object> values) {
        this.values = values;
    }

    /**
     * Checks what a caller sent against the tool's fields.
     *
     * @throws ToolRefusal {@code invalid_arguments}
     */
    static Arguments checked(List<Field> fields, @Nullable Map<String, Object> raw) {
        Map<String, Object> sent = raw == null ? Map.of() : raw;
        refuseUnknown(fields, sent.keySet());
        Map<String, Object> values = new LinkedHashMap<>();
        for (Field field : fields) {
            Object value = sent.get(field.name());
            if (value != null) {
                values.put(field.name(), field.checked(value));
            } else if (field.required()) {
                throw new ToolRefusal(
                        "invalid_arguments", field.name() + " is missing: " + field.description() + " Send it.");
            } else if (field.otherwise() != null) {
                values.put(field.name(), field.otherwise());
            }
        }
        return new Arguments(values);
    }

    private static void refuseUnknown(List<Field> fields, Set<String> names) {
        Set<String> unknown = new TreeSet<>(names);
        fields.forEach(field -> unknown.remove(field.name()));
        if (!unknown.isEmpty()) {
            throw new ToolRefusal(
                    "invalid_arguments",
                    "expected only the parameters "
                            + fields.stream().map(Field::name).toList() + ", got " + unknown.size()
                            + " other. Leave it out; the acting user is bound by the host.");
        }
    }

    /** The text of a required parameter. */
    public String text(String name) {
        return optional(name).orElseThrow(() -> new IllegalArgumentException(name + " is not a required parameter"));
    }

    /** The text of a parameter that may be absent. */
    public Optional<String> optional(String name) {
        return Optional.ofNullable(values.get(name)).map(Object::toString);
    }

    /** The number of a parameter that has a default. */
    public int number(String name) {
        if (values.get(name) instanceof Integer number) {
            return number;
        }
        throw new IllegalArgumentException(name + " is not a number with a default");
    }
}
