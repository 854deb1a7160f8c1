package dev.countersign.mcpserver;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Json;
import dev.countersign.permit.Page;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitException;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.PermitScope;
import dev.countersign.permit.PermitUser;
import dev.countersign.permit.RequestDraft;
import dev.countersign.permit.RequestFilter;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import dev.countersign.permit.ResourceInstance;
import dev.countersign.permit.RoleAssignment;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The port in memory, with the family's data and Permit's rules as the contract tells them. Every call is counted. */
public final class FakePermit implements Permit {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Map<String, Set<String>> ACTIONS = Map.of(
            "parent", Set.of("create", "read", "update", "delete"),
            "child-can-view", Set.of("read"),
            "_Approved_", Set.of("operate"),
            "_Reviewer_", Set.of("review", "approve", "deny"));

    /** Every call so far, as {@code method user}. */
    public final List<String> calls = new ArrayList<>();

    /** What to throw, once, after the next write has had its effect. */
    public @Nullable RuntimeException afterNextWrite;

    /** What to throw, once, instead of the next removal of a role. */
    public @Nullable RuntimeException insteadOfNextUnassign;

    /** Whether roles cannot be read, as when Permit does not answer. */
    public boolean rolesFail;

    /** Makes the ids of requests differ from those of another fake. */
    public String era = "";

    /** Whether withdrawals are refused, though the request stays pending. */
    public volatile boolean refusesCancels;

    /** What happens, once, just before the next withdrawal. */
    public @Nullable Runnable beforeNextCancel;

    /** Whether Permit answers nothing at all. */
    public volatile boolean down;

    private final Map<String, ResourceInstance> instances = new LinkedHashMap<>();
    private final Map<String, PermitUser> users = new LinkedHashMap<>();
    private final Set<RoleAssignment> roles = new LinkedHashSet<>();
    private final Map<String, PermitRequest> requests = new LinkedHashMap<>();

    public FakePermit() {
        instance("1", "Pizza Palace", true);
        instance("2", "Burger Bonanza", true);
        instance("3", "Fancy French", false);
        instance("4", "Sushi World", false);
        parent("joe");
        parent("jane");
        for (String user : List.of("henry", "rose", "stranger")) {
            join(user);
        }
        for (String child : List.of("henry", "rose")) {
            grant(child, "child-can-view", "1");
            grant(child, "child-can-view", "2");
        }
    }

    /** Adds a user who decides on every instance there is. */
    public void parent(String user) {
        join(user);
        for (String key : instances.keySet()) {
            grant(user, "parent", key);
            grant(user, "_Reviewer_", key);
        }
    }

    private void join(String user) {
        users.put(user, new PermitUser(uuid("user " + user), user, user, null, null));
    }

    /** Adds or replaces an instance. */
    public void instance(String key, String name, boolean forChildren) {
        attributes(
                key,
                Json.object()
                        .put("name", name)
                        .put("allowed_for_children", forChildren)
                        .put("child_price_limit", 10.00)
                        .put("unlimited_action", "update")
                        .put("access_role", "child-can-view"));
    }

    /** Lets Permit know a user's address. */
    public synchronized void email(String user, String address) {
        users.put(user, new PermitUser(uuid("user " + user), user, user, null, address));
    }

    /** Replaces an instance's attributes. */
    public void attributes(String key, JsonNode attributes) {
        instances.put(key, new ResourceInstance(uuid("instance " + key), key, "restaurants", "default", attributes));
    }

    public void grant(String user, String role, String key) {
        roles.add(new RoleAssignment(user, role, "default", "restaurants:" + key));
    }

    public static String uuid(String seed) {
        return UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private synchronized void called(String method, @Nullable String user) {
        calls.add(method + " " + user);
        if (down) {
            throw unreachable();
        }
    }

    /** What a Permit does that lets people decide on their own requests. */
    public synchronized void approveOwn(String id) {
        PermitRequest request = Objects.requireNonNull(requests.get(id));
        moved(request, RequestStatus.APPROVED, request.requester(), null);
        grant(keyOf(request.requester()), "_Approved_", Objects.requireNonNull(request.resourceInstance()));
    }

    /** How often a method was called. */
    public synchronized long count(String method) {
        return calls.stream().filter(call -> call.startsWith(method + " ")).count();
    }

    @Override
    public synchronized boolean check(String user, String action, @Nullable String resourceInstance) {
        called("check", user);
        return roles.stream()
                .anyMatch(role -> role.user().equals(user)
                        && Objects.equals(role.resourceInstance(), "restaurants:" + resourceInstance)
                        && ACTIONS.getOrDefault(role.role(), Set.of()).contains(action));
    }

    @Override
    public synchronized PermitRequest file(RequestDraft draft) {
        called("file", draft.user());
        if (draft.kind() == RequestKind.ACCESS && !"child-can-view".equals(draft.role())) {
            throw refused(403, "this role cannot be asked for");
        }
        String id = uuid("request " + era + requests.size());
        PermitRequest request = new PermitRequest(
                id,
                draft.kind(),
                RequestStatus.PENDING,
                idOf(draft.user()),
                draft.user(),
                keyOfInstance(draft.resourceInstance()),
                draft.role(),
                draft.operation(),
                draft.reference(),
                draft.reason(),
                null,
                null,
                NOW,
                null);
        requests.put(id, request);
        fail();
        return request;
    }

    @Override
    public synchronized PermitRequest get(RequestKind kind, String id, String asUser) {
        called("get", asUser);
        PermitRequest request = requests.get(id);
        if (request == null || request.kind() != kind || !sees(asUser).test(request)) {
            throw refused(404, "no such request");
        }
        return request;
    }

    private Predicate<PermitRequest> sees(String user) {
        return request -> request.requester().equals(idOf(user)) || reviews(user, request);
    }

    private boolean reviews(String user, PermitRequest request) {
        String role = request.kind() == RequestKind.ACCESS ? "parent" : "_Reviewer_";
        return roles.contains(new RoleAssignment(user, role, "default", "restaurants:" + request.resourceInstance()));
    }

    @Override
    public synchronized Page<PermitRequest> list(RequestKind kind, String asUser, RequestFilter filter) {
        called("list", asUser);
        List<PermitRequest> all = requests.values().stream()
                .filter(request -> request.kind() == kind)
                .filter(sees(asUser))
                .filter(request -> filter.status() == null || request.status() == filter.status())
                .filter(request -> filter.role() == null || filter.role().equals(request.role()))
                .filter(request -> filter.resourceInstance() == null
                        || filter.resourceInstance().equals(request.resourceInstance()))
                .toList();
        return page(all, filter.page(), filter.perPage());
    }

    private static <T> Page<T> page(List<T> all, int page, int perPage) {
        int from = Math.min(all.size(), (page - 1) * perPage);
        int to = Math.min(all.size(), from + perPage);
        return new Page<>(all.subList(from, to), all.size(), (all.size() + perPage - 1) / perPage);
    }

    @Override
    public synchronized PermitRequest approve(RequestKind kind, String id, String reviewer, @Nullable String comment) {
        called("approve", reviewer);
        PermitRequest request = decide(kind, id, reviewer, comment, RequestStatus.APPROVED);
        String role = kind == RequestKind.ACCESS ? Objects.requireNonNull(request.role()) : "_Approved_";
        grant(keyOf(request.requester()), role, Objects.requireNonNull(request.resourceInstance()));
        fail();
        return request;
    }

    @Override
    public synchronized PermitRequest deny(RequestKind kind, String id, String reviewer, @Nullable String comment) {
        called("deny", reviewer);
        return decide(kind, id, reviewer, comment, RequestStatus.DENIED);
    }

    private PermitRequest decide(
            RequestKind kind, String id, String reviewer, @Nullable String comment, RequestStatus status) {
        PermitRequest request = requests.get(id);
        if (request == null || request.kind() != kind) {
            throw refused(404, "no such request");
        }
        if (request.requester().equals(idOf(reviewer)) || !reviews(reviewer, request)) {
            throw refused(403, "only a reviewer decides, and nobody their own");
        }
        return moved(request, status, idOf(reviewer), comment);
    }

    @Override
    public synchronized PermitRequest cancel(RequestKind kind, String id, String requester) {
        called("cancel", requester);
        Runnable before = beforeNextCancel;
        if (before != null) {
            beforeNextCancel = null;
            before.run();
        }
        if (refusesCancels) {
            throw refused(403, "not now");
        }
        PermitRequest request = requests.get(id);
        if (request == null || request.kind() != kind) {
            throw refused(404, "no such request");
        }
        if (!request.requester().equals(idOf(requester))) {
            throw refused(403, "only the requester cancels");
        }
        return moved(request, RequestStatus.CANCELED, null, null);
    }

    private PermitRequest moved(
            PermitRequest was, RequestStatus status, @Nullable String reviewer, @Nullable String comment) {
        if (was.status() != RequestStatus.PENDING) {
            throw refused(409, "decided already");
        }
        PermitRequest is = new PermitRequest(
                was.id(),
                was.kind(),
                status,
                was.requester(),
                was.requesterName(),
                was.resourceInstance(),
                was.role(),
                was.operation(),
                was.reference(),
                was.reason(),
                reviewer,
                comment,
                was.createdAt(),
                NOW);
        requests.put(is.id(), is);
        return is;
    }

    @Override
    public synchronized Page<ResourceInstance> instances(int page, int perPage) {
        called("instances", null);
        return page(List.copyOf(instances.values()), page, perPage);
    }

    @Override
    public synchronized Optional<ResourceInstance> instance(String keyOrId) {
        called("instance", null);
        return known(keyOrId);
    }

    private Optional<ResourceInstance> known(@Nullable String keyOrId) {
        return instances.values().stream()
                .filter(known -> known.key().equals(keyOrId) || known.id().equals(keyOrId))
                .findFirst();
    }

    @Override
    public synchronized Optional<PermitUser> user(String keyOrId) {
        called("user", keyOrId);
        return users.values().stream()
                .filter(known -> known.key().equals(keyOrId) || known.id().equals(keyOrId))
                .findFirst();
    }

    @Override
    public synchronized List<RoleAssignment> roles(String user) {
        called("roles", user);
        if (rolesFail) {
            throw refused(503, "unreachable");
        }
        return roles.stream().filter(role -> role.user().equals(user)).toList();
    }

    @Override
    public Map<String, List<String>> authorizedUsers(String action, @Nullable String resourceInstance) {
        throw new UnsupportedOperationException("no tool asks for it");
    }

    @Override
    public synchronized void assign(String user, String role, @Nullable String resourceInstance) {
        called("assign", user);
        grant(user, role, Objects.requireNonNull(resourceInstance));
    }

    @Override
    public synchronized boolean unassign(String user, String role, @Nullable String resourceInstance) {
        called("unassign", user);
        RuntimeException instead = insteadOfNextUnassign;
        if (instead != null) {
            insteadOfNextUnassign = null;
            throw instead;
        }
        boolean removed = roles.remove(
                new RoleAssignment(user, role, "default", "restaurants:" + keyOfInstance(resourceInstance)));
        fail();
        return removed;
    }

    @Override
    public synchronized Page<PermitUser> users(int page, int perPage) {
        called("users", null);
        return page(List.copyOf(users.values()), page, perPage);
    }

    @Override
    public PermitScope scope() {
        return new PermitScope("organization", "project", "environment");
    }

    private void fail() {
        RuntimeException failure = afterNextWrite;
        if (failure != null) {
            afterNextWrite = null;
            throw failure;
        }
    }

    private String idOf(String user) {
        PermitUser known = users.get(user);
        if (known == null) {
            throw refused(404, "no such user");
        }
        return known.id();
    }

    /** As the port has it: an id becomes a key, anything else stays. */
    private @Nullable String keyOfInstance(@Nullable String keyOrId) {
        return known(keyOrId).map(ResourceInstance::key).orElse(keyOrId);
    }

    private String keyOf(String id) {
        return users.values().stream()
                .filter(user -> user.id().equals(id))
                .findFirst()
                .orElseThrow()
                .key();
    }

    public static PermitException refused(int status, String message) {
        return new PermitException(new ErrorCode("CS-399", ErrorCode.Kind.REFUSED), message, status, false, null);
    }

    /** A write whose answer was lost. */
    public static PermitException lost() {
        return new PermitException(
                new ErrorCode("CS-398", ErrorCode.Kind.UNREACHABLE), "no answer came in time", 0, true, null);
    }

    /** Nothing could be sent. */
    public static PermitException unreachable() {
        return new PermitException(
                new ErrorCode("CS-397", ErrorCode.Kind.UNREACHABLE), "nobody listens there", 0, false, null);
    }
}
