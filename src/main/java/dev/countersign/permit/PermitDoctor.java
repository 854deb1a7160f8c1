package dev.countersign.permit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.config.PermitConfig;
import dev.countersign.core.Json;
import dev.countersign.permit.Finding.Level;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Looks at everything the Permit settings lead to, changes nothing, and never throws for what it finds: each thing becomes a
 * finding that says what was seen and what to do. Secrets are never part of a finding.
 */
public final class PermitDoctor {
    private static final String LOCAL_PDP =
            "Run Permit's PDP container and set PERMIT_PDP_URL=http://localhost:7766 (docker run -p 7766:7000 --env"
                    + " PDP_API_KEY=… permitio/pdp-v2).";
    private static final String SETUP = "Run countersign permit-setup with the agent's file.";

    private final PermitConfig config;
    private final URI cloudPdp;
    private final Rest rest;
    private final List<Finding> findings = new ArrayList<>();

    private PermitDoctor(PermitConfig config, URI cloudPdp) {
        this.config = config;
        this.cloudPdp = cloudPdp;
        this.rest = new Rest(config.apiKey(), config.timeout());
    }

    /** Examines what the settings lead to; takes at most some ten deadlines. */
    public static List<Finding> examine(PermitConfig config) {
        return examine(config, PermitConfig.CLOUD_PDP);
    }

    /** The same, with another address in the place of Permit's cloud PDP. */
    static List<Finding> examine(PermitConfig config, URI cloudPdp) {
        PermitDoctor doctor = new PermitDoctor(config, Place.bare(cloudPdp));
        doctor.run();
        return List.copyOf(doctor.findings);
    }

    private void run() {
        if (!config.hasKey()) {
            add(
                    Level.WARN,
                    "API key",
                    "PERMIT_API_KEY is not set: the embedded emulator stands in",
                    "Set PERMIT_API_KEY" + " to use Permit.");
            return;
        }
        overAnOpenLine("PERMIT_API_URL", config.apiUrl());
        overAnOpenLine("PERMIT_PDP_URL", config.pdpUrl());
        Place place = place();
        if (place == null) {
            return;
        }
        pdp(place);
        exists(place, "tenant " + place.tenant(), facts -> facts.at("tenants", place.tenant()), place.facts());
        JsonNode resource = exists(
                place, "resource type " + place.resource(), s -> s.at("resources", place.resource()), place.schema());
        if (resource != null) {
            resourceType(resource);
            cloudPdp(place, resource);
        }
        element(place, place.accessElement(), "ACCESS_ELEMENTS_CONFIG_ID", List.of("user_management"));
        element(
                place,
                place.operationElement(),
                "OPERATION_ELEMENTS_CONFIG_ID",
                List.of("approval_management", "operation_approval"));
    }

    private void add(Level level, String what, String seen, String advice) {
        findings.add(new Finding(level, what, seen, advice));
    }

    private Deadline deadline() {
        return Deadline.in(config.timeout());
    }

    private void overAnOpenLine(String setting, URI url) {
        String host = String.valueOf(url.getHost());
        boolean here = host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
        if ("http".equals(url.getScheme()) && !here) {
            add(Level.WARN, setting, url + " is not encrypted: the API key can be read on the way", "Use https.");
        }
    }

    private @Nullable Place place() {
        try {
            PermitScope scope = Scopes.read(rest, config, deadline());
            add(Level.OK, "API key", "opens project " + scope.project() + ", environment " + scope.environment(), "");
            return Place.of(config, scope);
        } catch (PermitException failed) {
            add(
                    Level.FAIL,
                    "API key",
                    failed.detail(),
                    "Check PERMIT_API_KEY and PERMIT_API_URL (" + config.apiUrl() + ").");
            return null;
        }
    }

    /** A real question, since a PDP may be healthy and yet refuse the key; the right answer to it is no. */
    private void pdp(Place place) {
        ObjectNode body = Json.object().put("action", "read");
        body.putObject("user").put("key", "countersign-doctor");
        body.putObject("resource").put("type", place.resource()).put("tenant", place.tenant());
        body.putObject("context");
        RestCall call = RestCall.post("ask the PDP", place.pdp())
                .at("allowed")
                .body(body)
                .onlyAsks()
                .end();
        try {
            JsonNode allow = rest.json(call, deadline()).path("allow");
            if (allow.isBoolean() && !allow.asBoolean()) {
                add(Level.OK, "PDP", place.pdp() + " answers", "");
            } else {
                add(
                        Level.FAIL,
                        "PDP",
                        place.pdp() + " does not deny a user that does not exist",
                        "Look at the policies, and at what PERMIT_PDP_URL leads to.");
            }
        } catch (PermitException failed) {
            add(
                    Level.FAIL,
                    "PDP",
                    failed.detail(),
                    "Check PERMIT_PDP_URL (" + place.pdp() + "); without it every check" + " is a denial.");
        }
    }

    private @Nullable JsonNode exists(Place place, String what, Function<RestCall.Path, RestCall.Path> path, URI base) {
        try {
            Optional<JsonNode> found =
                    find(path.apply(RestCall.get("look up " + what, base)).end());
            if (found.isPresent()) {
                add(Level.OK, what, "is there", "");
                return found.get();
            }
            add(Level.FAIL, what, "is not in environment " + place.scope().environment(), SETUP);
        } catch (PermitException failed) {
            add(Level.FAIL, what, failed.detail(), "See the findings above.");
        }
        return null;
    }

    private Optional<JsonNode> find(RestCall call) {
        Answer answer = rest.send(call, deadline());
        if (answer.status() == 404) {
            return Optional.empty();
        }
        if (!answer.ok()) {
            throw rest.failed(call, answer);
        }
        return Optional.of(answer.jsonOrMissing());
    }

    private void resourceType(JsonNode resource) {
        TreeSet<String> missing = new TreeSet<>();
        for (String action : List.of("operate", "review", "approve", "deny")) {
            if (!resource.path("actions").has(action)) {
                missing.add("action " + action);
            }
        }
        for (String role : List.of("_Approved_", "_Reviewer_")) {
            if (!resource.path("roles").has(role)) {
                missing.add("role " + role);
            }
        }
        if (missing.isEmpty()) {
            add(Level.OK, "operation approvals", "actions and roles are there", "");
        } else {
            add(Level.FAIL, "operation approvals", "the resource type lacks " + missing, SETUP);
        }
    }

    /** The cloud PDP decides by roles and relationships only, and instance roles reach it late. */
    private void cloudPdp(Place place, JsonNode resource) {
        if (!place.pdp().equals(cloudPdp)) {
            return;
        }
        if (!resource.path("roles").isEmpty()) {
            add(
                    Level.WARN,
                    "cloud PDP",
                    "roles on instances of " + place.resource() + " are decided in Permit's cloud:"
                            + " rate-limited per address, and late after a change",
                    LOCAL_PDP);
        }
        try {
            RestCall sets = RestCall.get("list the condition sets", place.schema())
                    .at("condition_sets")
                    .with("per_page", 1)
                    .end();
            JsonNode found = find(sets).orElse(Json.array());
            JsonNode items = found.isArray() ? found : found.path("data");
            if (!items.isEmpty()) {
                add(
                        Level.WARN,
                        "cloud PDP",
                        "the environment has attribute rules (ABAC), which the cloud PDP does not" + " evaluate",
                        LOCAL_PDP);
            }
        } catch (PermitException failed) {
            add(Level.WARN, "attribute rules", failed.detail(), "If there are any: " + LOCAL_PDP);
        }
    }

    private void element(Place place, String key, String setting, List<String> types) {
        JsonNode element = exists(place, "element " + key, elements -> elements.at("config", key), place.elements());
        if (element == null) {
            return;
        }
        String type = element.path("elements_type").asText("");
        if (!types.contains(type)) {
            add(
                    Level.FAIL,
                    "element " + key,
                    "is of type '" + type + "', not " + String.join(" or ", types),
                    "Set " + setting + " to the key of the right element.");
        }
    }
}
