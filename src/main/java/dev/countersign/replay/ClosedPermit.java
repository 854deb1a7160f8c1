package dev.countersign.replay;

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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The few answers of Permit that a step sees, from a record. Decisions are none of them: they are in the throw-away store before
 * their event comes. Nothing else can be asked for.
 */
abstract class ClosedPermit implements Permit {
    private static final ErrorCode AS_RECORDED = new ErrorCode("CS-645", ErrorCode.Kind.REFUSED);
    private static final String APPROVED_ROLE = "_Approved_";
    private static final String SOME_INSTANCE = "recorded";
    private static final String REFUSED = "refused:";

    /** What was wrong with one-time roles that are spent now, in the words of {@link Seen#grants}. */
    abstract Collection<String> grants();

    /** What asking for anything else ends in. */
    abstract RuntimeException asked(String what);

    /** A withdrawal that Permit took is in the store already, so this one is still pending. */
    @Override
    public PermitRequest cancel(RequestKind kind, String id, String requester) {
        return new PermitRequest(
                id,
                kind,
                RequestStatus.PENDING,
                requester,
                null,
                null,
                null,
                null,
                null,
                "",
                null,
                null,
                Instant.EPOCH,
                null);
    }

    /** After a filing that told no id: nothing is found. */
    @Override
    public Page<PermitRequest> list(RequestKind kind, String asUser, RequestFilter filter) {
        return new Page<>(List.of(), 0, 0);
    }

    @Override
    public Optional<ResourceInstance> instance(String keyOrId) {
        return Optional.of(new ResourceInstance(SOME_INSTANCE, SOME_INSTANCE, SOME_INSTANCE, null, Json.object()));
    }

    /** The one-time role stands on whatever instance is asked for, unless the step found it gone. */
    @Override
    public List<RoleAssignment> roles(String user) {
        boolean used = grants().contains("used");
        return used
                ? List.of()
                : List.of(new RoleAssignment(user, APPROVED_ROLE, "", SOME_INSTANCE + ":" + SOME_INSTANCE));
    }

    @Override
    public boolean unassign(String user, String role, @Nullable String resourceInstance) {
        for (String grant : grants()) {
            if (grant.startsWith(REFUSED)) {
                throw new PermitException(AS_RECORDED, grant.substring(REFUSED.length()), 403, false, null);
            }
        }
        return true;
    }

    @Override
    public boolean check(String user, String action, @Nullable String resourceInstance) {
        throw asked("check");
    }

    @Override
    public PermitRequest file(RequestDraft draft) {
        throw asked("file");
    }

    @Override
    public PermitRequest get(RequestKind kind, String id, String asUser) {
        throw asked("get");
    }

    @Override
    public PermitRequest approve(RequestKind kind, String id, String reviewer, @Nullable String comment) {
        throw asked("approve");
    }

    @Override
    public PermitRequest deny(RequestKind kind, String id, String reviewer, @Nullable String comment) {
        throw asked("deny");
    }

    @Override
    public Page<ResourceInstance> instances(int page, int perPage) {
        throw asked("instances");
    }

    @Override
    public Optional<PermitUser> user(String keyOrId) {
        throw asked("user");
    }

    @Override
    public Page<PermitUser> users(int page, int perPage) {
        throw asked("users");
    }

    @Override
    public Map<String, List<String>> authorizedUsers(String action, @Nullable String resourceInstance) {
        throw asked("authorizedUsers");
    }

    @Override
    public void assign(String user, String role, @Nullable String resourceInstance) {
        throw asked("assign");
    }

    @Override
    public PermitScope scope() {
        throw asked("scope");
    }
}
