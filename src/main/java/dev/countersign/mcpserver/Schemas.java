package dev.countersign.mcpserver;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JSON schemas of tools, as the SDK wants them: nested maps. */
public final class Schemas {
    private Schemas() {}

    /** An object with exactly these properties. */
    public static Map<String, Object> object(Map<String, Object> properties, List<String> required) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", properties);
        schema.put("required", required);
        schema.put("additionalProperties", false);
        return schema;
    }

    /** An object with these properties, a question mark at the end of a name making it optional. */
    public static Map<String, Object> object(Object... namesAndSchemas) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (int i = 0; i < namesAndSchemas.length; i += 2) {
            String name = namesAndSchemas[i].toString();
            boolean optional = name.endsWith("?");
            String plain = optional ? name.substring(0, name.length() - 1) : name;
            properties.put(plain, namesAndSchemas[i + 1]);
            if (!optional) {
                required.add(plain);
            }
        }
        return object(properties, required);
    }

    /** Any object. */
    public static Map<String, Object> anyObject() {
        return Map.of("type", "object");
    }

    public static Map<String, Object> string(String description) {
        return described("string", description);
    }

    public static Map<String, Object> integer(String description) {
        return described("integer", description);
    }

    public static Map<String, Object> number(String description) {
        return described("number", description);
    }

    public static Map<String, Object> bool(String description) {
        return described("boolean", description);
    }

    public static Map<String, Object> choice(String... words) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "string");
        schema.put("enum", List.of(words));
        return schema;
    }

    public static Map<String, Object> list(Map<String, Object> items) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "array");
        schema.put("items", items);
        return schema;
    }

    private static Map<String, Object> described(String type, String description) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", type);
        schema.put("description", description);
        return schema;
    }
}
