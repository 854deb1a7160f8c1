package dev.countersign.approval;

import dev.countersign.permit.Page;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestFilter;
import dev.countersign.permit.RequestStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Finds at Permit what was filed for an approval, by the reference that rides in the reason. A search ends after a bounded
 * number of pages. Throws {@link dev.countersign.permit.PermitException} when Permit cannot be asked: then nothing is known.
 */
public final class References {
    private static final int PAGES_SEARCHED = 10;
    private static final int PAGE = 100;

    private final Permit permit;

    public References(Permit permit) {
        this.permit = permit;
    }

    /** The request that stands for the approval, one that may still be decided before one that was; empty when there is none. */
    public Optional<PermitRequest> best(Approval approval) {
        return all(approval).stream().min(Comparator.comparingInt(request -> rank(request.status())));
    }

    private static int rank(RequestStatus status) {
        return switch (status) {
            case APPROVED -> 0;
            case PENDING -> 1;
            case DENIED -> 2;
            case CANCELED -> 3;
        };
    }

    /** Every request of the approval's requester that carries its reference. */
    List<PermitRequest> all(Approval approval) {
        List<PermitRequest> found = new ArrayList<>();
        for (int number = 1; number <= PAGES_SEARCHED; number++) {
            // Not by instance: a model may have named one by id, or one that does not exist.
            RequestFilter filter = new RequestFilter(null, null, null, number, PAGE);
            Page<PermitRequest> page = permit.list(approval.kind(), approval.requester(), filter);
            page.data().stream()
                    .filter(request -> approval.reference().equals(request.reference()))
                    .forEach(found::add);
            if (number >= page.pageCount()) {
                break;
            }
        }
        return found;
    }
}
