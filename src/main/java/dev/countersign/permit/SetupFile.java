package dev.countersign.permit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.countersign.core.Principal;
import dev.countersign.core.YamlNode;
import dev.countersign.permit.SetupPlan.Element;
import dev.countersign.permit.SetupPlan.Instance;
import dev.countersign.permit.SetupPlan.Resource;
import dev.countersign.permit.SetupPlan.Role;
import dev.countersign.permit.SetupPlan.User;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a setup file, format 1 ({@code graphs/food-ordering.permit.yaml} is the example). Unknown names, names used but not
 * defined, and values of another type than declared are refused with file and line.
 */
final class SetupFile {
    private static final Set<String> TYPES = Set.of("string", "bool", "number", "time", "json", "array", "object");
    private static final Set<String> ELEMENT_TYPES =
            Set.of("user_management", "operation_approval", "approval_management", "approval_flow", "audit_log");
    private static final Set<String> LEVELS = Set.of("LEVEL_1", "LEVEL_2", "LEVEL_3", "LEVEL_4");

    private SetupFile() {}

    /** @throws CountersignException {@code CS-310} with file, line, what was expected and what came */
    static SetupPlan read(Path file) {
        YamlNode root = YamlNode.read(file, Failures.BAD_FILE);
        root.entries("the file", Set.of("format", "resource", "elements", "instances", "users"));
        root.get("format").number("format", 1, 1);
        Resource resource = resource(root.get("resource"));
        List<Element> elements = new ArrayList<>();
        for (YamlNode item : list(root.find("elements"), "a list of elements")) {
            elements.add(element(item, resource));
        }
        List<Instance> instances = new ArrayList<>();
        for (YamlNode item : list(root.find("instances"), "a list of instances")) {
            instances.add(instance(item, resource));
        }
        Set<String> known = new HashSet<>();
        instances.forEach(instance -> known.add(instance.key()));
        List<User> users = new ArrayList<>();
        for (YamlNode item : list(root.find("users"), "a list of users")) {
            users.add(user(item, resource, known));
        }
        unique(root, "element", elements.stream().map(Element::key).toList());
        unique(root, "instance", instances.stream().map(Instance::key).toList());
        unique(root, "user", users.stream().map(User::key).toList());
        return new SetupPlan(resource, elements, instances, users);
    }

    private static Resource resource(YamlNode node) {
        node.entries("resource", Set.of("key", "name", "actions", "attributes", "roles"));
        List<String> actions = keys(node.get("actions"), "a list of actions");
        Map<String, String> attributes = new LinkedHashMap<>();
        node.find("attributes")
                .ifPresent(types -> types.entries("attributes: a name and its type each")
                        .forEach((name, type) -> attributes.put(name, oneOf(type, TYPES, "the attribute's type"))));
        Map<String, Role> roles = new LinkedHashMap<>();
        node.get("roles").entries("roles: a key and its permissions each").forEach((key, role) -> {
            role.entries("role " + key, Set.of("name", "permissions"));
            List<String> permissions = new ArrayList<>();
            for (YamlNode permission : role.get("permissions").items("a list of actions")) {
                permissions.add(oneOf(permission, actions, "an action of the resource"));
            }
            roles.put(requireKey(role, key), new Role(name(role, key), permissions));
        });
        String key = key(node.get("key"));
        return new Resource(key, name(node, key), actions, attributes, roles);
    }

    private static Element element(YamlNode node, Resource resource) {
        node.entries("element", Set.of("key", "name", "type", "levels"));
        Map<String, List<String>> levels = new LinkedHashMap<>();
        node.find("levels")
                .ifPresent(all -> all.entries("levels", LEVELS).forEach((level, roles) -> {
                    List<String> keys = new ArrayList<>();
                    for (YamlNode role : roles.items("a list of roles")) {
                        keys.add(oneOf(role, resource.roles().keySet(), "a role of the resource"));
                    }
                    levels.put(level, keys);
                }));
        String key = key(node.get("key"));
        return new Element(key, name(node, key), oneOf(node.get("type"), ELEMENT_TYPES, "the element's type"), levels);
    }

    private static Instance instance(YamlNode node, Resource resource) {
        node.entries("instance", Set.of("key", "attributes"));
        ObjectNode attributes = Json.object();
        node.find("attributes")
                .ifPresent(all -> all.entries("attributes").forEach((name, value) -> {
                    String type = resource.attributes().get(name);
                    if (type == null) {
                        throw value.complaint("expected an attribute that resource.attributes declares, one of "
                                + resource.attributes().keySet() + ", got '" + name + "'");
                    }
                    attributes.set(name, typed(value, type));
                }));
        return new Instance(key(node.get("key")), attributes);
    }

    private static User user(YamlNode node, Resource resource, Set<String> instances) {
        node.entries("user", Set.of("key", "first_name", "attributes", "roles"));
        ObjectNode attributes = Json.object();
        node.find("attributes")
                .ifPresent(all -> all.entries("attributes")
                        .forEach((name, value) -> attributes.put(name, value.text("the attribute's text"))));
        Map<String, List<String>> roles = new LinkedHashMap<>();
        node.find("roles")
                .ifPresent(all -> all.entries("roles", resource.roles().keySet())
                        .forEach((role, on) -> {
                            List<String> keys = new ArrayList<>();
                            for (YamlNode instance : on.items("a list of instances")) {
                                keys.add(oneOf(instance, instances, "an instance of this file"));
                            }
                            roles.put(role, keys);
                        }));
        return new User(
                key(node.get("key")),
                node.find("first_name").map(value -> value.text("a first name")).orElse(null),
                attributes,
                roles);
    }

    private static JsonNode typed(YamlNode value, String type) {
        if (type.equals("array")) {
            ArrayNode array = Json.array();
            value.items("a list").forEach(item -> array.add(item.text("text")));
            return array;
        }
        String text = value.text("a " + type);
        JsonNodeFactory json = Json.mapper().getNodeFactory();
        return switch (type) {
            case "bool" -> json.booleanNode(truth(value, text));
            case "number" -> json.numberNode(number(value, text));
            case "json", "object" -> json(value, text);
            default -> json.textNode(text);
        };
    }

    private static BigDecimal number(YamlNode value, String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException notANumber) {
            throw value.expected("a number");
        }
    }

    private static JsonNode json(YamlNode value, String text) {
        try {
            return Json.read(text);
        } catch (CountersignException notJson) {
            throw value.expected("a text that is JSON");
        }
    }

    private static boolean truth(YamlNode value, String text) {
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
        }
        throw value.expected("true or false");
    }

    private static List<YamlNode> list(Optional<YamlNode> node, String what) {
        return node.map(found -> found.items(what)).orElse(List.of());
    }

    private static List<String> keys(YamlNode node, String what) {
        return node.items(what).stream().map(SetupFile::key).toList();
    }

    private static String key(YamlNode node) {
        return requireKey(node, node.text("a key"));
    }

    private static String requireKey(YamlNode node, String text) {
        if (!Principal.isKey(text)) {
            throw node.complaint("expected a key of letters, digits or | @ + - . _ , got '" + text + "'");
        }
        return text;
    }

    private static String name(YamlNode node, String otherwise) {
        return node.find("name").map(name -> name.text("a name")).orElse(otherwise);
    }

    private static String oneOf(YamlNode node, Collection<String> allowed, String what) {
        String text = node.text(what);
        if (!allowed.contains(text)) {
            throw node.expected(what + ", one of " + allowed.stream().sorted().toList());
        }
        return text;
    }

    private static void unique(YamlNode root, String what, List<String> keys) {
        Set<String> seen = new HashSet<>();
        for (String key : keys) {
            if (!seen.add(key)) {
                throw root.complaint("expected each " + what + " once, got '" + key + "' twice");
            }
        }
    }
}
