package dev.countersign.permit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a setup file asks for, checked within itself. */
record SetupPlan(Resource resource, List<Element> elements, List<Instance> instances, List<User> users) {
    SetupPlan {
        elements = List.copyOf(elements);
        instances = List.copyOf(instances);
        users = List.copyOf(users);
    }

    /** @param attributes name to type */
    record Resource(
            String key, String name, List<String> actions, Map<String, String> attributes, Map<String, Role> roles) {}

    record Role(String name, List<String> permissions) {}

    /**
     * @param type Permit's {@code elements_type}
     * @param levels level to role keys
     */
    record Element(String key, String name, String type, Map<String, List<String>> levels) {}

    record Instance(String key, JsonNode attributes) {}

    /** @param roles role key to instance keys */
    record User(String key, @Nullable String firstName, JsonNode attributes, Map<String, List<String>> roles) {}
}
