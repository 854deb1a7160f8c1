package dev.countersign.permit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.config.PermitConfig;
import java.util.Optional;

/** Asks the API key what it opens, and holds the settings against the answer. */
final class Scopes {
    private Scopes() {}

    static PermitScope read(Rest rest, PermitConfig config, Deadline deadline) {
        JsonNode json = rest.json(
                RestCall.get("read what the API key opens", config.apiUrl())
                        .at("v2", "api-key", "scope")
                        .end(),
                deadline);
        String organization = json.path("organization_id").asText("");
        String project = present(json, "project_id");
        String environment = present(json, "environment_id");
        if (organization.isEmpty()) {
            throw Failures.unreadable("read what the API key opens", 200, false, "an organization_id");
        }
        if (project.isEmpty() || environment.isEmpty()) {
            throw Failures.badScope("expected PERMIT_API_KEY to be the key of one environment, got the key of "
                    + (project.isEmpty() ? "a whole organization" : "a whole project")
                    + ". Copy the environment's own key from Permit: Settings, API Keys.");
        }
        agrees("PROJECT_ID", config.projectId(), project);
        agrees("ENV_ID", config.environmentId(), environment);
        return new PermitScope(organization, project, environment);
    }

    private static String present(JsonNode json, String name) {
        return json.path(name).isTextual() ? json.path(name).asText() : "";
    }

    /** Only ids can be compared; the scope does not say the keys. */
    private static void agrees(String setting, Optional<String> said, String real) {
        if (said.isPresent() && !said.get().equalsIgnoreCase(real)) {
            throw Failures.badScope("expected " + setting + " to be the API key's own " + real + ", got '" + said.get()
                    + "'. Remove " + setting + ": it is read from the key.");
        }
    }
}
