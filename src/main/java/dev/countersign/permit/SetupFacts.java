package dev.countersign.permit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.permit.SetupChange.Kind;
import dev.countersign.permit.SetupPlan.Instance;
import dev.countersign.permit.SetupPlan.User;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Brings the tenant, instances, users and their roles to the plan. Never removes a role: that is a person's decision. */
final class SetupFacts {
    private static final int PAGE = 100;
    private static final int PAGES_MAX = 50;

    private final SetupWorld world;
    private final Place place;

    SetupFacts(SetupWorld world) {
        this.world = world;
        this.place = world.place();
    }

    void apply(SetupPlan plan) {
        tenant();
        plan.instances().forEach(instance -> instance(plan.resource().key(), instance));
        plan.users().forEach(user -> user(plan.resource().key(), user));
    }

    private void tenant() {
        String what = "tenant " + place.tenant();
        if (find(what, "tenants", place.tenant()).isPresent()) {
            world.unchanged(what, "");
            return;
        }
        ObjectNode body = Json.object().put("key", place.tenant()).put("name", place.tenant());
        world.change(
                Kind.CREATED,
                what,
                "",
                post("create " + what, "tenants").body(body).end());
    }

    private void instance(String resource, Instance wanted) {
        String reference = resource + ":" + wanted.key();
        String what = "instance " + reference;
        Optional<JsonNode> there = find(what, "resource_instances", reference);
        if (there.isEmpty()) {
            ObjectNode body = Json.object()
                    .put("key", wanted.key())
                    .put("resource", resource)
                    .put("tenant", place.tenant());
            body.set("attributes", wanted.attributes());
            RestCall call =
                    post("create " + what, "resource_instances").body(body).end();
            world.change(Kind.CREATED, what, String.valueOf(wanted.attributes()), call);
        } else if (SetupWorld.holds(there.get().path("attributes"), wanted.attributes())) {
            world.unchanged(what, "");
        } else {
            ObjectNode body = Json.object();
            body.set("attributes", merged(there.get().path("attributes"), wanted.attributes()));
            RestCall call = patch("update " + what, "resource_instances", reference)
                    .body(body)
                    .end();
            world.change(Kind.UPDATED, what, String.valueOf(wanted.attributes()), call);
        }
    }

    /** What others added stays, whether Permit merges or replaces. */
    private static JsonNode merged(JsonNode there, JsonNode wanted) {
        ObjectNode all = there.isObject() ? ((ObjectNode) there).deepCopy() : Json.object();
        wanted.properties().forEach(field -> all.set(field.getKey(), field.getValue()));
        return all;
    }

    private void user(String resource, User wanted) {
        String what = "user " + wanted.key();
        Optional<JsonNode> there = find(what, "users", wanted.key());
        ObjectNode body = Json.object();
        if (wanted.firstName() != null) {
            body.put("first_name", wanted.firstName());
        }
        if (!wanted.attributes().isEmpty()) {
            body.set("attributes", wanted.attributes());
        }
        if (there.isEmpty()) {
            RestCall call = RestCall.put("create " + what, place.facts())
                    .at("users", wanted.key())
                    .body(body.put("key", wanted.key()))
                    .end();
            world.change(Kind.CREATED, what, "", call);
        } else if (SetupWorld.holds(there.get(), body)) {
            world.unchanged(what, "");
        } else {
            if (body.has("attributes")) {
                body.set("attributes", merged(there.get().path("attributes"), wanted.attributes()));
            }
            world.change(
                    Kind.UPDATED,
                    what,
                    body.toString(),
                    patch("update " + what, "users", wanted.key()).body(body).end());
        }
        membership(wanted.key(), there.orElse(Json.object()));
        roles(resource, wanted, there.isPresent());
    }

    /** Who is not in the tenant can file nothing, and their login fails with "User not found". */
    private void membership(String user, JsonNode there) {
        String what = "user " + user + " in tenant " + place.tenant();
        for (JsonNode tenant : there.path("associated_tenants")) {
            if (tenant.path("tenant").asText("").equals(place.tenant())) {
                world.unchanged(what, "");
                return;
            }
        }
        RestCall call = RestCall.post("put " + what, place.facts())
                .at("tenants", place.tenant(), "users")
                .body(Json.object().put("key", user))
                .end();
        world.change(Kind.CREATED, what, "", call);
    }

    private void roles(String resource, User wanted, boolean exists) {
        Set<String> held = exists ? held(wanted.key()) : Set.of();
        ArrayNode missing = Json.array();
        wanted.roles()
                .forEach((role, instances) -> instances.forEach(instance -> {
                    String reference = resource + ":" + instance;
                    if (held.contains(role + " " + reference)) {
                        world.unchanged("role " + role + " of " + wanted.key() + " on " + reference, "");
                    } else {
                        missing.addObject()
                                .put("user", wanted.key())
                                .put("role", role)
                                .put("tenant", place.tenant())
                                .put("resource_instance", reference);
                    }
                }));
        if (!missing.isEmpty()) {
            StringBuilder list = new StringBuilder();
            missing.forEach(one -> list.append(list.length() == 0 ? "" : ", ")
                    .append(one.path("role").asText())
                    .append(" on ")
                    .append(one.path("resource_instance").asText()));
            RestCall call = RestCall.post("assign roles to " + wanted.key(), place.facts())
                    .at("role_assignments", "bulk")
                    .body(missing)
                    .end();
            world.change(Kind.CREATED, missing.size() + " roles of " + wanted.key(), list.toString(), call);
        }
    }

    private Set<String> held(String user) {
        Set<String> held = new HashSet<>();
        for (int page = 1; page <= PAGES_MAX; page++) {
            String what = "list the roles of " + user;
            JsonNode json = world.find(RestCall.get(what, place.facts())
                            .at("role_assignments")
                            .with("user", user)
                            .with("tenant", place.tenant())
                            .with("page", page)
                            .with("per_page", PAGE)
                            .end())
                    .orElse(Json.array());
            JsonNode items = json.isArray() ? json : json.path("data");
            for (JsonNode one : items) {
                if (one.path("user").asText().equals(user)) {
                    held.add(one.path("role").asText() + " "
                            + one.path("resource_instance").asText());
                }
            }
            if (items.size() < PAGE) {
                return held;
            }
        }
        throw Failures.tooMany("user " + user + " holds more than " + PAGE * PAGES_MAX + " roles");
    }

    private Optional<JsonNode> find(String what, String... path) {
        return world.find(
                RestCall.get("look up " + what, place.facts()).at(path).end());
    }

    private RestCall.Path post(String what, String... path) {
        return RestCall.post(what, place.facts()).at(path);
    }

    private RestCall.Path patch(String what, String... path) {
        return RestCall.patch(what, place.facts()).at(path);
    }
}
