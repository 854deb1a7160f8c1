package dev.countersign.server;

import static java.util.Objects.requireNonNull;

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
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Permit in memory, as far as reviewing goes: joe and jane may review, a requester sees the own requests, everybody else
 * none. It lets a reviewer decide on an own request, so that our own check shows.
 */
public final class MemoryPermit implements Permit {
    private static final Set<String> REVIEWERS = Set.of("joe", "jane");
    private static final Set<String> USERS = Set.of("joe", "jane", "henry", "rose");
    private static final ErrorCode NOT_FOUND = new ErrorCode("CS-304", ErrorCode.Kind.NOT_FOUND);
    private static final ErrorCode CONFLICT = new ErrorCode("CS-305", ErrorCode.Kind.CONFLICT);
    private static final ErrorCode REFUSED = new ErrorCode("CS-306", ErrorCode.Kind.REFUSED);

    private final Map<String, PermitRequest> requests = new LinkedHashMap<>();
    private final Map<String, List<RoleAssignment>> roles = new ConcurrentHashMap<>();
    private final Map<String, String> reasons = new ConcurrentHashMap<>();
    private final Map<String, String> called = new ConcurrentHashMap<>();
    private int users;

    /** Files a request under the given id. */
    public synchronized void filed(String id, RequestKind kind, String requester) {
        put(id, kind, requester, RequestStatus.PENDING, null, null);
    }

    /** Files a request under the given id, for a reason of its own. */
    public synchronized void filed(String id, RequestKind kind, String requester, String reason) {
        reasons.put(id, reason);
        filed(id, kind, requester);
    }

    /** Files a request as it is. */
    public synchronized void filed(PermitRequest request) {
        requests.put(request.id(), request);
    }

    /** Lets Permit know a user, and what people call them. */
    public void called(String user, String name) {
        called.put(user, name);
    }

    private void put(
            String id,
            RequestKind kind,
            String requester,
            RequestStatus status,
            @Nullable String reviewer,
            @Nullable String comment) {
        PermitRequest request = new PermitRequest(
                id,
                kind,
                status,
                "uuid-" + requester,
                null,
                "3",
                kind == RequestKind.ACCESS ? "child-can-view" : null,
                kind == RequestKind.OPERATION ? "order_dish: Truffle Pasta" : null,
                null,
                reasons.getOrDefault(id, "hungry"),
                reviewer,
                comment,
                Instant.EPOCH,
                null);
        requests.put(id, request);
    }

    /** The request as it stands. */
    public synchronized PermitRequest request(String id) {
        return requireNonNull(requests.get(id));
    }

    /** How many times a user was looked up. */
    public synchronized int userLookUps() {
        return users;
    }

    private static PermitException refused(ErrorCode code, String message, int status) {
        return new PermitException(code, message, status, false, null);
    }

    @Override
    public synchronized PermitRequest get(RequestKind kind, String id, String asUser) {
        PermitRequest request = requests.get(id);
        if (request == null || request.kind() != kind || !sees(asUser, request)) {
            throw refused(NOT_FOUND, "Permit has no such request", 404);
        }
        return request;
    }

    private static boolean sees(String user, PermitRequest request) {
        return REVIEWERS.contains(user) || request.requester().equals("uuid-" + user);
    }

    @Override
    public synchronized Page<PermitRequest> list(RequestKind kind, String asUser, RequestFilter filter) {
        List<PermitRequest> seen = requests.values().stream()
                .filter(request -> request.kind() == kind && sees(asUser, request))
                .filter(request -> filter.status() == null || filter.status() == request.status())
                .toList();
        int from = Math.min(seen.size(), (filter.page() - 1) * filter.perPage());
        int to = Math.min(seen.size(), from + filter.perPage());
        return new Page<>(seen.subList(from, to), seen.size(), (seen.size() + filter.perPage() - 1) / filter.perPage());
    }

    @Override
    public PermitRequest approve(RequestKind kind, String id, String reviewer, @Nullable String comment) {
        return decide(kind, id, reviewer, RequestStatus.APPROVED, comment);
    }

    @Override
    public PermitRequest deny(RequestKind kind, String id, String reviewer, @Nullable String comment) {
        return decide(kind, id, reviewer, RequestStatus.DENIED, comment);
    }

    private synchronized PermitRequest decide(
            RequestKind kind, String id, String reviewer, RequestStatus status, @Nullable String comment) {
        PermitRequest request = get(kind, id, reviewer);
        if (!REVIEWERS.contains(reviewer)) {
            throw refused(REFUSED, "Permit does not let this user review it", 403);
        }
        if (request.status() != RequestStatus.PENDING) {
            throw refused(CONFLICT, "the request is already " + request.status(), 409);
        }
        put(id, kind, request.requester().substring("uuid-".length()), status, reviewer, comment);
        return request(id);
    }

    @Override
    public synchronized Optional<PermitUser> user(String keyOrId) {
        users++;
        String key = keyOrId.startsWith("uuid-") ? keyOrId.substring("uuid-".length()) : keyOrId;
        return USERS.contains(key) || called.containsKey(key)
                ? Optional.of(new PermitUser("uuid-" + key, key, called.getOrDefault(key, key), null, null))
                : Optional.empty();
    }

    @Override
    public Optional<ResourceInstance> instance(String keyOrId) {
        return Optional.of(new ResourceInstance(
                "i3", keyOrId, "restaurants", "default", Json.object().put("name", "Fancy French")));
    }

    @Override
    public boolean check(String user, String action, @Nullable String resourceInstance) {
        return false;
    }

    @Override
    public PermitRequest file(RequestDraft draft) {
        throw new UnsupportedOperationException("the server files nothing");
    }

    @Override
    public PermitRequest cancel(RequestKind kind, String id, String requester) {
        throw new UnsupportedOperationException("the server cancels nothing");
    }

    @Override
    public Page<ResourceInstance> instances(int page, int perPage) {
        return new Page<>(List.of(), 0, 0);
    }

    @Override
    public Page<PermitUser> users(int page, int perPage) {
        return new Page<>(List.of(), 0, 0);
    }

    @Override
    public List<RoleAssignment> roles(String user) {
        return List.copyOf(roles.getOrDefault(user, List.of()));
    }

    /** Lets a user hold a role, in the tenant or, when an instance is named, on that alone. */
    public void holds(String user, String role, @Nullable String instance) {
        roles.computeIfAbsent(user, key -> new CopyOnWriteArrayList<>())
                .add(new RoleAssignment(user, role, "default", instance));
    }

    @Override
    public Map<String, List<String>> authorizedUsers(String action, @Nullable String resourceInstance) {
        return Map.of();
    }

    @Override
    public void assign(String user, String role, @Nullable String resourceInstance) {
        throw new UnsupportedOperationException("the server assigns nothing");
    }

    @Override
    public boolean unassign(String user, String role, @Nullable String resourceInstance) {
        throw new UnsupportedOperationException("the server removes nothing");
    }

    @Override
    public PermitScope scope() {
        return new PermitScope("o", "p", "e");
    }
}
