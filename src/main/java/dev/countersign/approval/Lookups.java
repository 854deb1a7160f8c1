package dev.countersign.approval;

import dev.countersign.permit.Page;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitException;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.PermitUser;
import dev.countersign.permit.RequestFilter;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import dev.countersign.permit.ResourceInstance;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Permit as one look asks it: every request is counted against the budget, and a user or instance is asked for once. What is
 * kept is as old as the look, so it must not outlive it. Used by one thread at a time. Throws what {@link Permit} throws.
 */
final class Lookups {
    private static final int PAGE = 100;
    private static final Duration PAUSE = Duration.ofSeconds(10);
    /** The client tries a request that failed in passing up to three times. */
    private static final int TRIES_AGAIN = 2;

    private final Permit permit;
    private final CallBudget budget;
    private final CallBudget.Lane lane;
    private final Map<String, Optional<PermitUser>> users = new HashMap<>();
    private final Map<String, Optional<ResourceInstance>> instances = new HashMap<>();

    Lookups(Permit permit, CallBudget budget, CallBudget.Lane lane) {
        this.permit = permit;
        this.budget = budget;
        this.lane = lane;
    }

    /** Whether there is budget for another step. */
    boolean mayAsk() {
        return budget.isOpen(lane);
    }

    /** Counts requests that were made without this. */
    void alsoMade(int requests) {
        budget.spend(lane, requests);
    }

    PermitRequest get(RequestKind kind, String id, String asUser) {
        return counted(cost(kind), () -> permit.get(kind, id, asUser));
    }

    /** One page of what is pending for the user. */
    Page<PermitRequest> pending(RequestKind kind, String asUser, int page) {
        RequestFilter filter = new RequestFilter(RequestStatus.PENDING, null, null, page, PAGE);
        return counted(cost(kind), () -> permit.list(kind, asUser, filter));
    }

    PermitRequest cancel(RequestKind kind, String id, String requester) {
        return counted(2, () -> permit.cancel(kind, id, requester));
    }

    Optional<PermitUser> user(String keyOrId) {
        Optional<PermitUser> known = users.get(keyOrId);
        if (known != null) {
            return known;
        }
        Optional<PermitUser> found = counted(1, () -> permit.user(keyOrId));
        users.put(keyOrId, found);
        found.ifPresent(user -> {
            users.put(user.id(), found);
            users.put(user.key(), found);
        });
        return found;
    }

    Optional<ResourceInstance> instance(String keyOrId) {
        Optional<ResourceInstance> known = instances.get(keyOrId);
        if (known == null) {
            known = counted(1, () -> permit.instance(keyOrId));
            instances.put(keyOrId, known);
        }
        return known;
    }

    /** Operation approvals are asked for with a login of the user's own, which is a request too. */
    private static int cost(RequestKind kind) {
        return kind == RequestKind.OPERATION ? 2 : 1;
    }

    private <T> T counted(int cost, Supplier<T> call) {
        budget.spend(lane, cost);
        try {
            return call.get();
        } catch (PermitException e) {
            if (e.status() == 0 || e.status() == 429 || e.status() >= 500) {
                budget.spend(lane, cost * TRIES_AGAIN);
            }
            if (e.status() == 429) {
                budget.closeFor(e.retryAfter().orElse(PAUSE));
            }
            throw e;
        }
    }
}
