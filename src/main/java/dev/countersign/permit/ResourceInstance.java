package dev.countersign.permit;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * One instance of a resource type.
 *
 * @param attributes a JSON object, empty when there are none
 */
public record ResourceInstance(
        String id, String key, String resource, @Nullable String tenant, JsonNode attributes) {
    /** The attribute {@code name}, or the key. */
    public String displayName() {
        String name = attributes.path("name").asText("");
        return name.isBlank() ? key : name;
    }
}
