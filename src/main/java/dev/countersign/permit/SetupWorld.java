package dev.countersign.permit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.config.PermitConfig;
import dev.countersign.permit.SetupChange.Kind;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The environment being set up: reads of it, and the one door through which it is changed. In a dry run the door stays shut
 * and only notes what would have gone through, which is why setup goes by REST alone and not by the SDK.
 */
final class SetupWorld {
    private final Rest rest;
    private final Place place;
    private final PermitConfig config;
    private final boolean dryRun;
    private final List<SetupChange> changes = new ArrayList<>();

    SetupWorld(PermitConfig config, boolean dryRun) {
        this.config = config;
        this.dryRun = dryRun;
        this.rest = new Rest(config.apiKey(), config.timeout());
        this.place = Place.of(config, Scopes.read(rest, config, deadline()));
    }

    private Deadline deadline() {
        return Deadline.in(config.timeout());
    }

    Place place() {
        return place;
    }

    /** What is there; empty when Permit says there is nothing. */
    Optional<JsonNode> find(RestCall call) {
        Answer answer = rest.send(call, deadline());
        if (answer.status() == 404) {
            return Optional.empty();
        }
        if (!answer.ok()) {
            throw rest.failed(call, answer);
        }
        JsonNode json = answer.jsonOrMissing();
        if (!json.isContainerNode()) {
            throw Failures.unreadable(call.what(), answer.status(), false, "JSON");
        }
        return Optional.of(json);
    }

    void change(Kind kind, String what, String detail, RestCall call) {
        if (!dryRun) {
            rest.json(call, deadline());
        }
        changes.add(new SetupChange(kind, what, detail));
    }

    void unchanged(String what, String detail) {
        changes.add(new SetupChange(Kind.UNCHANGED, what, detail));
    }

    List<SetupChange> changes() {
        return List.copyOf(changes);
    }

    /** Whether every field of {@code wanted} stands in {@code there}; numbers are equal when their values are. */
    static boolean holds(JsonNode there, JsonNode wanted) {
        if (wanted.isObject()) {
            Iterator<Map.Entry<String, JsonNode>> fields = wanted.properties().iterator();
            while (fields.hasNext()) {
                Map.Entry<String, JsonNode> field = fields.next();
                if (!holds(there.path(field.getKey()), field.getValue())) {
                    return false;
                }
            }
            return there.isObject();
        }
        if (wanted.isNumber() && there.isNumber()) {
            return wanted.decimalValue().compareTo(there.decimalValue()) == 0;
        }
        return wanted.equals(there);
    }
}
