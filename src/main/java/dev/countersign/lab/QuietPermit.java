package dev.countersign.lab;

import dev.countersign.core.ErrorCode;
import dev.countersign.core.IdSource;
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
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A Permit inside this process, for measuring with more requests than the emulator's file could take in a reasonable time:
 * anybody may ask, {@code reviewer} decides. It counts the HTTP requests that the real one would have been sent; operation
 * approvals cost a login each. Safe for use by many threads.
 */
public final class QuietPermit implements Permit {
    /** Who decides. */
    public static final String REVIEWER = "reviewer";

    private static final ErrorCode NOT_FOUND = new ErrorCode("CS-311", ErrorCode.Kind.NOT_FOUND);

    private final Clock clock;
    private final IdSource ids;
    private final RequestBook book;
    private final AtomicLong asked = new AtomicLong();

    /** A Permit that knows no request yet. */
    public QuietPermit(Clock clock, IdSource ids) {
        this(clock, ids, new KeptRequests());
    }

    /** A Permit whose requests stand in that book. */
    QuietPermit(Clock clock, IdSource ids, RequestBook book) {
        this.clock = clock;
        this.ids = ids;
        this.book = book;
    }

    /** How many requests were sent for reading: requests, lists, users and instances. */
    long asked() {
        return asked.get();
    }

    static String idOf(String user) {
        return UUID.nameUUIDFromBytes(user.getBytes(StandardCharsets.UTF_8)).toString();
    }

    @Override
    public synchronized PermitRequest file(RequestDraft draft) {
        PermitRequest request = new PermitRequest(
                ids.newId(),
                draft.kind(),
                RequestStatus.PENDING,
                idOf(draft.user()),
                null,
                draft.resourceInstance(),
                draft.role(),
                draft.operation(),
                draft.reference(),
                draft.reason(),
                null,
                null,
                clock.instant(),
                null);
        book.put(request);
        book.know(draft.user());
        return request;
    }

    @Override
    public synchronized PermitRequest get(RequestKind kind, String id, String asUser) {
        asked.addAndGet(2);
        return find(id);
    }

    private PermitRequest find(String id) {
        PermitRequest found = book.find(id);
        if (found == null) {
            throw new PermitException(NOT_FOUND, "there is no request " + id, 404, false, null);
        }
        return found;
    }

    @Override
    public synchronized Page<PermitRequest> list(RequestKind kind, String asUser, RequestFilter filter) {
        asked.addAndGet(2);
        List<PermitRequest> found = new ArrayList<>();
        for (String id : book.of(idOf(asUser))) {
            PermitRequest request = book.find(id);
            if (request != null && (filter.status() == null || request.status() == filter.status())) {
                found.add(request);
            }
        }
        int from = Math.min(found.size(), (filter.page() - 1) * filter.perPage());
        int to = Math.min(found.size(), from + filter.perPage());
        int pages = (found.size() + filter.perPage() - 1) / filter.perPage();
        return new Page<>(found.subList(from, to), found.size(), pages);
    }

    @Override
    public synchronized PermitRequest approve(RequestKind kind, String id, String reviewer, @Nullable String comment) {
        return moved(id, RequestStatus.APPROVED, idOf(reviewer));
    }

    @Override
    public synchronized PermitRequest deny(RequestKind kind, String id, String reviewer, @Nullable String comment) {
        return moved(id, RequestStatus.DENIED, idOf(reviewer));
    }

    @Override
    public synchronized PermitRequest cancel(RequestKind kind, String id, String requester) {
        return moved(id, RequestStatus.CANCELED, null);
    }

    private PermitRequest moved(String id, RequestStatus status, @Nullable String reviewer) {
        PermitRequest was = find(id);
        PermitRequest now = new PermitRequest(
                was.id(),
                was.kind(),
                status,
                was.requester(),
                null,
                was.resourceInstance(),
                was.role(),
                was.operation(),
                was.reference(),
                was.reason(),
                reviewer,
                null,
                was.createdAt(),
                clock.instant());
        book.put(now);
        return now;
    }

    @Override
    public Optional<PermitUser> user(String keyOrId) {
        asked.incrementAndGet();
        String key = keyOrId.equals(idOf(REVIEWER)) ? REVIEWER : book.keyOf(keyOrId);
        return Optional.of(new PermitUser(idOf(key), key, key, null, null));
    }

    @Override
    public Optional<ResourceInstance> instance(String keyOrId) {
        asked.incrementAndGet();
        return Optional.of(new ResourceInstance(idOf(keyOrId), keyOrId, "things", "default", Json.object()));
    }

    @Override
    public List<RoleAssignment> roles(String user) {
        // The one-time role of an approval stands there from the start: what is measured waits for the decision all the
        // same.
        return List.of(
                new RoleAssignment(user, "user", "default", null),
                new RoleAssignment(user, "_Approved_", "default", "things:" + Gated.INSTANCE));
    }

    @Override
    public boolean check(String user, String action, @Nullable String resourceInstance) {
        return true;
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
    public Map<String, List<String>> authorizedUsers(String action, @Nullable String resourceInstance) {
        return Map.of();
    }

    @Override
    public void assign(String user, String role, @Nullable String resourceInstance) {
        // Everybody may everything.
    }

    @Override
    public boolean unassign(String user, String role, @Nullable String resourceInstance) {
        return true;
    }

    @Override
    public PermitScope scope() {
        return new PermitScope("bench", "bench", "bench");
    }
}
