package dev.countersign.config;

import java.util.HashMap;
import java.util.Map;

/**
 * Every setting as it was given, for handing named ones on to an agent's servers. It never shows a value.
 *
 * @param values the environment over {@code .env}
 */
public record Settings(Map<String, String> values) {
    public Settings {
        values = Map.copyOf(values);
    }

    /** These settings with others on top. */
    public Map<String, String> with(Map<String, String> others) {
        Map<String, String> all = new HashMap<>(values);
        all.putAll(others);
        return all;
    }

    @Override
    public String toString() {
        return "Settings[" + values.size() + " values]";
    }
}
