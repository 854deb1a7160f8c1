package dev.countersign.mcpserver.food;

import dev.countersign.core.IdSource;
import dev.countersign.permit.Page;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitException;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.PermitUser;
import dev.countersign.permit.RequestFilter;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Turns one approved operation approval into one order of the dish it names.
 *
 * <p>Permit's grant, the role {@code _Approved_}, is one per user and restaurant and carries no dish; the approval names the
 * dish but is never used up at Permit. So both are needed: an approval of this dish that our file does not know yet, and the
 * grant, whose removal is the one step that only one caller can win. The removal takes every approval with it that stood on
 * the same grant: two approvals on one restaurant are one order, and the other has to be asked for again.
 *
 * <p>The spend is written to the file before the removal. A call that finds its own begun spend takes it to its end whether
 * or not the removal finds something: nobody else spends while a begun spend stands, so what is missing, we removed. To be
 * called by one thread at a time for a user and restaurant.
 */
final class Spending {
    private static final String GRANT = "_Approved_";
    private static final int PAGES_MAX = 20;

    private final Permit permit;
    private final FoodStore store;
    private final IdSource ids;

    Spending(Permit permit, FoodStore store, IdSource ids) {
        this.permit = permit;
        this.store = store;
        this.ids = ids;
    }

    Order spend(Wish wish) {
        Optional<Spend> begun = store.begun(wish.user(), wish.restaurant().key());
        if (begun.isPresent() && begun.get().dish().equals(wish.dish().name())) {
            return resumed(wish, begun.get());
        }
        List<PermitRequest> unspent = unspent(wish);
        PermitRequest approval = unspent.stream()
                .filter(request -> request.operation() != null && wish.isFor(request.operation()))
                .findFirst()
                .orElseThrow(() -> Refusals.needsApproval(wish));
        if (!holdsGrant(wish)) {
            throw Refusals.grantIsGone(wish);
        }
        // A spend that another dish's call left behind must end first: from here on a missing grant is no longer its
        // doing.
        begun.ifPresent(other -> store.lose(other.approvalId()));
        Spend spend = begun(wish, approval.id());
        removeGrant(wish, spend);
        List<String> goneWithIt = unspent.stream()
                .map(PermitRequest::id)
                .filter(id -> !id.equals(approval.id()))
                .toList();
        return store.finish(wish, spend, goneWithIt);
    }

    private Spend begun(Wish wish, String approvalId) {
        String orderId = ids.newId();
        if (!store.begin(approvalId, wish, orderId)) {
            throw Refusals.grantIsGone(wish);
        }
        return new Spend(
                approvalId,
                wish.callKey(),
                wish.user(),
                wish.restaurant().key(),
                wish.dish().name(),
                orderId);
    }

    private void removeGrant(Wish wish, Spend spend) {
        boolean removed;
        try {
            removed = permit.unassign(wish.user(), GRANT, wish.restaurant().key());
        } catch (PermitException e) {
            if (!e.outcomeUnknown()) {
                store.release(spend.approvalId());
            }
            throw e;
        }
        if (!removed) {
            store.lose(spend.approvalId());
            throw Refusals.grantIsGone(wish);
        }
    }

    private Order resumed(Wish wish, Spend begun) {
        PermitRequest approval = permit.get(RequestKind.OPERATION, begun.approvalId(), wish.user());
        if (approval.status() != RequestStatus.APPROVED) {
            store.lose(begun.approvalId());
            throw Refusals.needsApproval(wish);
        }
        List<PermitRequest> unspent = unspent(wish);
        if (!begun.callKey().equals(wish.callKey())) {
            store.takeOver(begun, wish.callKey());
        }
        permit.unassign(wish.user(), GRANT, wish.restaurant().key());
        return store.finish(wish, begun, unspent.stream().map(PermitRequest::id).toList());
    }

    /** The user's own approved approvals on the restaurant that our file does not know, oldest page first. */
    private List<PermitRequest> unspent(Wish wish) {
        String requester = permit.user(wish.user()).map(PermitUser::id).orElse(wish.user());
        List<PermitRequest> unspent = new ArrayList<>();
        for (int number = 1; number <= PAGES_MAX; number++) {
            Page<PermitRequest> page = permit.list(
                    RequestKind.OPERATION,
                    wish.user(),
                    new RequestFilter(
                            RequestStatus.APPROVED, null, wish.restaurant().key(), number, 100));
            page.data().stream()
                    .filter(request -> counts(request, requester, wish))
                    .filter(request -> !store.isKnown(request.id()))
                    .forEach(unspent::add);
            if (number >= page.pageCount()) {
                break;
            }
        }
        return unspent;
    }

    // The list was filtered already; what lets a dish be ordered is checked once more, on what came back.
    private static boolean counts(PermitRequest request, String requester, Wish wish) {
        return request.status() == RequestStatus.APPROVED
                && request.kind() == RequestKind.OPERATION
                && request.requester().equals(requester)
                && !request.requester().equals(request.reviewer())
                && wish.restaurant().key().equals(request.resourceInstance());
    }

    // Asked of the roles, not of the decision point, which may lag behind.
    private boolean holdsGrant(Wish wish) {
        return permit.roles(wish.user()).stream()
                .anyMatch(role -> role.role().equals(GRANT)
                        && role.resourceInstance() != null
                        && role.resourceInstance()
                                .endsWith(":" + wish.restaurant().key()));
    }
}
