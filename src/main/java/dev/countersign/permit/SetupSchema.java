package dev.countersign.permit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.permit.SetupChange.Kind;
import dev.countersign.permit.SetupPlan.Element;
import dev.countersign.permit.SetupPlan.Resource;
import dev.countersign.permit.SetupPlan.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Brings the resource type, its roles and the elements to the plan. */
final class SetupSchema {
    private final SetupWorld world;
    private final Place place;

    SetupSchema(SetupWorld world) {
        this.world = world;
        this.place = world.place();
    }

    void apply(SetupPlan plan) {
        resource(plan.resource());
        // Read anew: elements name the resource and roles by the ids that Permit gave them.
        Optional<JsonNode> resource = find(plan.resource().key());
        for (Element element : plan.elements()) {
            element(element, plan.resource().key(), resource.orElse(Json.object()));
        }
    }

    private Optional<JsonNode> find(String resource) {
        return world.find(RestCall.get("look up resource " + resource, place.schema())
                .at("resources", resource)
                .end());
    }

    private void resource(Resource wanted) {
        Optional<JsonNode> there = find(wanted.key());
        if (there.isEmpty()) {
            create(wanted);
            return;
        }
        actionsAndAttributes(wanted, there.get());
        wanted.roles()
                .forEach((key, role) ->
                        role(wanted.key(), key, role, there.get().at("/roles").path(key)));
    }

    private void create(Resource wanted) {
        ObjectNode body = Json.object().put("key", wanted.key()).put("name", wanted.name());
        body.set("actions", actions(wanted, Json.object()));
        body.set("attributes", attributes(wanted, Json.object()));
        ObjectNode roles = body.putObject("roles");
        wanted.roles().forEach((key, role) -> roles.set(key, role(role)));
        world.change(
                Kind.CREATED,
                "resource " + wanted.key(),
                wanted.actions().size() + " actions, roles " + wanted.roles().keySet(),
                RestCall.post("create resource " + wanted.key(), place.schema())
                        .at("resources")
                        .body(body)
                        .end());
    }

    /** Existing ones are sent along: whether Permit merges or replaces the block, nothing is lost. */
    private void actionsAndAttributes(Resource wanted, JsonNode there) {
        List<String> missing = new ArrayList<>();
        wanted.actions().stream().filter(key -> !there.at("/actions").has(key)).forEach(missing::add);
        wanted.attributes().keySet().stream()
                .filter(key -> !there.at("/attributes").has(key))
                .forEach(missing::add);
        String what = "resource " + wanted.key();
        if (missing.isEmpty()) {
            world.unchanged(what, "");
            return;
        }
        ObjectNode body = Json.object();
        body.set("actions", actions(wanted, there.path("actions")));
        body.set("attributes", attributes(wanted, there.path("attributes")));
        world.change(
                Kind.UPDATED,
                what,
                "added " + missing,
                RestCall.patch("extend " + what, place.schema())
                        .at("resources", wanted.key())
                        .body(body)
                        .end());
    }

    private static ObjectNode actions(Resource wanted, JsonNode there) {
        ObjectNode actions = Json.object();
        there.properties().forEach(action -> {
            ObjectNode kept = actions.putObject(action.getKey());
            copy(action.getValue(), kept, "name", "description");
        });
        wanted.actions().forEach(key -> actions.putIfAbsent(key, Json.object()));
        return actions;
    }

    private static ObjectNode attributes(Resource wanted, JsonNode there) {
        ObjectNode attributes = Json.object();
        there.properties().forEach(attribute -> {
            ObjectNode kept = attributes.putObject(attribute.getKey());
            copy(attribute.getValue(), kept, "type", "description");
        });
        wanted.attributes()
                .forEach(
                        (key, type) -> attributes.putIfAbsent(key, Json.object().put("type", type)));
        return attributes;
    }

    private static void copy(JsonNode from, ObjectNode to, String... names) {
        for (String name : names) {
            if (from.path(name).isTextual()) {
                to.put(name, from.path(name).asText());
            }
        }
    }

    private static ObjectNode role(Role role) {
        ObjectNode body = Json.object().put("name", role.name());
        ArrayNode permissions = body.putArray("permissions");
        role.permissions().forEach(permissions::add);
        return body;
    }

    private void role(String resource, String key, Role wanted, JsonNode there) {
        String what = "role " + key + " on " + resource;
        RestCall.Path post = RestCall.post("extend " + what, place.schema()).at("resources", resource, "roles");
        if (there.isMissingNode()) {
            RestCall call = post.body(role(wanted).put("key", key)).end();
            world.change(Kind.CREATED, what, "may " + wanted.permissions(), call);
            return;
        }
        TreeSet<String> held = new TreeSet<>();
        there.path("permissions")
                .forEach(permission -> held.add(permission.asText().replace(resource + ":", "")));
        TreeSet<String> missing = new TreeSet<>(wanted.permissions());
        missing.removeAll(held);
        held.removeAll(wanted.permissions());
        String more = held.isEmpty() ? "" : "it also may " + held + ", which the file does not say; left alone";
        if (missing.isEmpty()) {
            world.unchanged(what, more);
            return;
        }
        ObjectNode body = Json.object();
        ArrayNode permissions = body.putArray("permissions");
        missing.forEach(permissions::add);
        world.change(
                Kind.UPDATED,
                what,
                "now may " + missing + (more.isEmpty() ? "" : "; " + more),
                post.at(key, "permissions").body(body).end());
    }

    private void element(Element wanted, String resourceKey, JsonNode resource) {
        String what = "element " + wanted.key();
        ObjectNode settings = settings(wanted, resourceKey, resource);
        Optional<JsonNode> there = world.find(RestCall.get("look up " + what, place.elements())
                .at("config", wanted.key())
                .end());
        ObjectNode body = Json.object().put("name", wanted.name());
        body.set("settings", settings);
        body.set("roles_to_levels", levels(wanted, resource));
        if (there.isEmpty()) {
            body.put("key", wanted.key()).put("elements_type", wanted.type()).put("email_notifications", false);
            RestCall call = RestCall.post("create " + what, place.elements())
                    .at("config")
                    .body(body)
                    .end();
            world.change(Kind.CREATED, what, wanted.type(), call);
            return;
        }
        requireType(wanted, there.get());
        if (SetupWorld.holds(there.get().path("settings"), settings) && levelsHold(wanted, there.get())) {
            world.unchanged(what, "");
            return;
        }
        // Settings that others made, such as colours, go along unchanged.
        JsonNode kept = there.get().path("settings");
        body.set("settings", kept.isObject() ? ((ObjectNode) kept.deepCopy()).setAll(settings) : settings);
        RestCall call = RestCall.patch("update " + what, place.elements())
                .at("config", wanted.key())
                .body(body)
                .end();
        world.change(Kind.UPDATED, what, "settings and levels", call);
    }

    private static void requireType(Element wanted, JsonNode there) {
        String type = there.path("elements_type").asText("");
        if (!type.equals(wanted.type())) {
            throw Failures.conflict(
                    "expected element " + wanted.key() + " to be of type " + wanted.type() + ", it is of type " + type
                            + ". Delete it at Permit or choose another key.",
                    0);
        }
    }

    private static ObjectNode settings(Element wanted, String resourceKey, JsonNode resource) {
        ObjectNode settings = Json.object();
        if (wanted.type().equals("user_management")) {
            settings.put("configureType", "REBAC");
            settings.put("resourceTypeSelected", resource.path("id").asText(""));
        } else if (wanted.type().equals("operation_approval")) {
            settings.put("resource", resourceKey);
        }
        return settings;
    }

    private static ObjectNode levels(Element wanted, JsonNode resource) {
        ObjectNode levels = Json.object();
        wanted.levels().forEach((level, roles) -> {
            ArrayNode ids = levels.putArray(level);
            roles.forEach(
                    role -> ids.add(resource.at("/roles").path(role).path("id").asText(role)));
        });
        return levels;
    }

    private static boolean levelsHold(Element wanted, JsonNode there) {
        Map<String, TreeSet<String>> now = new LinkedHashMap<>();
        wanted.levels().keySet().forEach(level -> {
            TreeSet<String> keys = new TreeSet<>();
            there.path("roles_to_levels")
                    .path(level)
                    .forEach(role -> keys.add(role.path("key").asText(role.asText())));
            now.put(level, keys);
        });
        return wanted.levels().entrySet().stream()
                .allMatch(level -> new TreeSet<>(level.getValue()).equals(now.get(level.getKey())));
    }
}
