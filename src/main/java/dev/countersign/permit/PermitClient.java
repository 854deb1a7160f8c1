package dev.countersign.permit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.config.PermitConfig;
import dev.countersign.core.Json;
import io.permit.sdk.openapi.models.RoleAssignmentRead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The port over Permit's SDK and REST API: each method gets one deadline, whatever it does on the way. */
final class PermitClient implements Permit {
    private final Duration timeout;
    private final Place place;
    private final Rest rest;
    private final Sdk sdk;
    private final Instances instances;
    private final Requests requests;

    PermitClient(PermitConfig config, Place place, Rest rest) {
        this.timeout = config.timeout();
        this.place = place;
        this.rest = rest;
        this.sdk = new Sdk(config, place);
        this.instances = new Instances(rest, sdk, place);
        RequestRoutes routes = new RequestRoutes(place, new ElementsLogin(rest, place));
        this.requests =
                new Requests(rest, place, routes, new RequestReader(instances, new Schema(rest, place)), instances);
    }

    private Deadline deadline() {
        return Deadline.in(timeout);
    }

    @Override
    public boolean check(String user, String action, @Nullable String resourceInstance) {
        Deadline deadline = deadline();
        // The PDP knows instances by key only: an id would be a denial that nobody understands.
        String instance = resourceInstance == null ? null : instances.keyOf(resourceInstance, deadline);
        return sdk.check(Keys.user(user), Keys.action(action), instance, deadline);
    }

    @Override
    public PermitRequest file(RequestDraft draft) {
        return requests.file(draft, deadline());
    }

    @Override
    public PermitRequest get(RequestKind kind, String id, String asUser) {
        return requests.get(kind, id, asUser, deadline());
    }

    @Override
    public Page<PermitRequest> list(RequestKind kind, String asUser, RequestFilter filter) {
        return requests.lists().list(kind, asUser, filter, deadline());
    }

    @Override
    public PermitRequest approve(RequestKind kind, String id, String reviewer, @Nullable String comment) {
        return requests.approve(kind, id, reviewer, comment, deadline());
    }

    @Override
    public PermitRequest deny(RequestKind kind, String id, String reviewer, @Nullable String comment) {
        return requests.deny(kind, id, reviewer, comment, deadline());
    }

    @Override
    public PermitRequest cancel(RequestKind kind, String id, String requester) {
        return requests.cancel(kind, id, requester, deadline());
    }

    @Override
    public Page<ResourceInstance> instances(int page, int perPage) {
        return instances.list(page, perPage, deadline());
    }

    @Override
    public Optional<ResourceInstance> instance(String keyOrId) {
        return instances.find(keyOrId, deadline());
    }

    @Override
    public Optional<PermitUser> user(String keyOrId) {
        return find(Keys.user(keyOrId), deadline());
    }

    private Optional<PermitUser> find(String keyOrId, Deadline deadline) {
        try {
            return Optional.of(Wire.user(sdk.user(keyOrId, deadline)));
        } catch (PermitException no) {
            if (no.status() == 404) {
                return Optional.empty();
            }
            throw no;
        }
    }

    @Override
    public Page<PermitUser> users(int page, int perPage) {
        RequestFilter paging = new RequestFilter(null, null, null, page, perPage);
        RestCall call = RestCall.get("list the users", place.facts())
                .at("users")
                .with("page", paging.page())
                .with("per_page", paging.perPage())
                .end();
        return Wire.page(rest.json(call, deadline()), page, perPage, call.what(), Wire::user);
    }

    @Override
    public List<RoleAssignment> roles(String user) {
        Deadline deadline = deadline();
        List<RoleAssignmentRead> sent = sdk.assignments(Keys.user(user), deadline);
        Names names = names(user, sent, deadline);
        List<RoleAssignment> held = new ArrayList<>();
        for (RoleAssignmentRead one : sent) {
            // What is not plainly this user's, in this tenant, is nobody's: a filter that did not work gives no rights.
            boolean theirs = names.fit(one.user) || names.fit(one.userId);
            boolean here = place.tenant().equals(one.tenant) || place.tenant().equals(one.tenantId);
            if (theirs && here && one.role != null) {
                held.add(new RoleAssignment(names.key, one.role, place.tenant(), one.resourceInstance));
            }
        }
        return List.copyOf(held);
    }

    /** Under which names one user may stand in an assignment. */
    private record Names(String key, @Nullable String id) {
        boolean fit(@Nullable String sent) {
            return sent != null && (sent.equals(key) || sent.equals(id));
        }
    }

    private Names names(String user, List<RoleAssignmentRead> sent, Deadline deadline) {
        boolean plain = sent.stream().allMatch(one -> user.equals(one.user));
        return plain
                ? new Names(user, null)
                : find(user, deadline)
                        .map(found -> new Names(found.key(), found.id()))
                        .orElse(new Names(user, null));
    }

    @Override
    public Map<String, List<String>> authorizedUsers(String action, @Nullable String resourceInstance) {
        Deadline deadline = deadline();
        ObjectNode resource = Json.object().put("type", place.resource()).put("tenant", place.tenant());
        if (resourceInstance != null) {
            resource.put("key", instances.keyOf(resourceInstance, deadline));
        }
        ObjectNode body = Json.object().put("action", Keys.action(action));
        body.set("resource", resource);
        body.set("context", Json.object());
        RestCall call = RestCall.post("ask who may " + action, place.pdp())
                .at("authorized_users")
                .body(body)
                .onlyAsks()
                .end();
        JsonNode users = rest.json(call, deadline).path("users");
        if (!users.isObject()) {
            throw Failures.unreadable(call.what(), 200, false, "an object users");
        }
        Map<String, List<String>> rolesByUser = new LinkedHashMap<>();
        users.properties().forEach(user -> {
            List<String> roles = new ArrayList<>();
            user.getValue()
                    .forEach(assignment -> roles.add(assignment.path("role").asText("")));
            rolesByUser.put(user.getKey(), List.copyOf(roles));
        });
        return rolesByUser;
    }

    @Override
    public void assign(String user, String role, @Nullable String resourceInstance) {
        Deadline deadline = deadline();
        String instance = resourceInstance == null ? null : instances.keyOf(resourceInstance, deadline);
        try {
            sdk.assign(Keys.user(user), Keys.role(role), instance, deadline);
        } catch (PermitException held) {
            if (held.status() != 409) {
                throw held;
            }
        }
    }

    /**
     * Goes by REST although the SDK has the call: the SDK's HTTP client may send a DELETE again after a dropped connection,
     * and the second answer, 404, would say that nothing was spent.
     */
    @Override
    public boolean unassign(String user, String role, @Nullable String resourceInstance) {
        Deadline deadline = deadline();
        ObjectNode body = Json.object()
                .put("user", Keys.user(user))
                .put("role", Keys.role(role))
                .put("tenant", place.tenant());
        if (resourceInstance != null) {
            body.put("resource_instance", place.resource() + ":" + instances.keyOf(resourceInstance, deadline));
        }
        RestCall call = RestCall.delete("remove role " + role, place.facts())
                .at("role_assignments")
                .body(body)
                .end();
        Answer answer = rest.send(call, deadline);
        if (answer.status() == 204) {
            return true;
        }
        if (answer.status() == 404 && answer.errorCode().equals("NOT_FOUND")) {
            return false;
        }
        PermitException failed = rest.failed(call, answer);
        boolean unknown = failed.outcomeUnknown() || answer.ok() || answer.status() == 409;
        throw new PermitException(failed.code(), failed.detail(), answer.status(), unknown, failed);
    }

    @Override
    public PermitScope scope() {
        return place.scope();
    }
}
