package dev.countersign.server;

import dev.countersign.core.CountersignException;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.permit.Page;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitException;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.PermitUser;
import dev.countersign.permit.RequestFilter;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a reviewer sees and decides. Permit says what that is, and a decision is made there, in the reviewer's name: nothing is
 * decided here. Nobody decides on an own request: Permit says so, and it is checked here too.
 */
public final class ReviewDesk {
    private static final int PER_PAGE = 100;

    /** Of each kind, so up to 10,000; who has more than that before them is shown the rest once some are decided. */
    private static final int PAGES_MAX = 100;

    private final AgentRuntime runtime;
    private final Permit permit;

    /** Over this runtime and this Permit. */
    public ReviewDesk(AgentRuntime runtime, Permit permit) {
        this.runtime = runtime;
        this.permit = permit;
    }

    Permit permit() {
        return permit;
    }

    /** What waits for this person's decision, oldest first. */
    public List<PermitRequest> toReview(Principal principal) {
        PermitUser reviewer = asPermitKnows(principal);
        List<PermitRequest> pending = new ArrayList<>();
        for (RequestKind kind : RequestKind.values()) {
            pending.addAll(pending(kind, reviewer));
        }
        pending.removeIf(request -> isOwn(request, reviewer));
        pending.sort(Comparator.comparing(PermitRequest::createdAt).thenComparing(PermitRequest::id));
        return pending;
    }

    /** While pages are read, others decide, and what follows moves up past a page's edge: then they are read once more. */
    private Collection<PermitRequest> pending(RequestKind kind, PermitUser reviewer) {
        Listed listed = list(kind, reviewer);
        return (listed.moved() ? list(kind, reviewer) : listed).byId().values();
    }

    private record Listed(Map<String, PermitRequest> byId, boolean moved) {}

    private Listed list(RequestKind kind, PermitUser reviewer) {
        Map<String, PermitRequest> byId = new LinkedHashMap<>();
        int counted = -1;
        boolean moved = false;
        for (int page = 1; page <= PAGES_MAX; page++) {
            Page<PermitRequest> some = permit.list(
                    kind, reviewer.key(), new RequestFilter(RequestStatus.PENDING, null, null, page, PER_PAGE));
            some.data().forEach(request -> byId.put(request.id(), request));
            moved |= counted >= 0 && counted != some.totalCount();
            counted = some.totalCount();
            if (page >= some.pageCount()) {
                break;
            }
        }
        return new Listed(byId, moved);
    }

    /** What is decided on a request: at Permit, by this person, or by nobody. */
    public PermitRequest decide(Principal principal, String id, boolean yes, @Nullable String comment) {
        PermitUser reviewer = asPermitKnows(principal);
        PermitRequest request = find(id, reviewer);
        if (isOwn(request, reviewer)) {
            throw new CountersignException(
                    ServerErrors.OWN_REQUEST, "nobody decides on an own request; another reviewer has to");
        }
        PermitRequest decided = yes
                ? permit.approve(request.kind(), request.id(), reviewer.key(), comment)
                : permit.deny(request.kind(), request.id(), reviewer.key(), comment);
        runtime.wake(decided.id());
        return decided;
    }

    /** A pending request of somebody else's, for who may decide on it. */
    public PermitRequest toExtend(Principal principal, String id) {
        PermitUser reviewer = asPermitKnows(principal);
        PermitRequest request = find(id, reviewer);
        if (isOwn(request, reviewer)) {
            throw new CountersignException(
                    ServerErrors.OWN_REQUEST, "nobody extends an own request; another reviewer has to");
        }
        if (request.status() != RequestStatus.PENDING) {
            throw new CountersignException(
                    ServerErrors.DECIDED, "the request is decided already; there is nothing to extend");
        }
        return request;
    }

    /** The request as Permit shows it to this person; empty when it does not. */
    public Optional<PermitRequest> shown(Principal principal, String id) {
        return permit.user(principal.user()).flatMap(user -> look(id, user));
    }

    private PermitRequest find(String id, PermitUser reviewer) {
        return look(id, reviewer).orElseThrow(ReviewDesk::unknown);
    }

    static CountersignException unknown() {
        return new CountersignException(
                ServerErrors.UNKNOWN_REQUEST, "there is no request with this id that you may see");
    }

    /** Reads the request as the reviewer, of either kind: ids do not tell theirs. */
    private Optional<PermitRequest> look(String id, PermitUser reviewer) {
        for (RequestKind kind : RequestKind.values()) {
            try {
                return Optional.of(permit.get(kind, id, reviewer.key()));
            } catch (PermitException e) {
                // An id that Permit would not even be asked for is no request of anybody's.
                if (e.status() != 404 && !(e.status() == 0 && isInvalid(e))) {
                    throw e;
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isInvalid(PermitException e) {
        return e.code().kind() == dev.countersign.core.ErrorCode.Kind.INVALID;
    }

    /** Compared by Permit's id and key: a reviewer whom Permit does not know cannot be told apart from the requester. */
    private PermitUser asPermitKnows(Principal principal) {
        return permit.user(principal.user())
                .orElseThrow(() -> new CountersignException(
                        ServerErrors.UNKNOWN_REVIEWER, "Permit does not know the user '" + principal.user() + "'"));
    }

    private static boolean isOwn(PermitRequest request, PermitUser user) {
        return request.requester().equals(user.id()) || request.requester().equals(user.key());
    }
}
