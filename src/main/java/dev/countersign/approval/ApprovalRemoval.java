package dev.countersign.approval;

import java.util.List;
import org.jdbi.v3.core.Handle;

/** Takes a thread's approvals and notifications out of the store, for good. What Permit knows of them stays there. */
public final class ApprovalRemoval {
    private static final String COUNT_UNSETTLED = """
            SELECT COUNT(*) FROM approval WHERE thread_id = :thread
                AND (state = 'FILING' OR state = 'PENDING' OR state = 'APPROVED' OR look_at IS NOT NULL)
            """;
    private static final String SELECT_REQUESTS = """
            SELECT request_id FROM approval WHERE thread_id = :thread AND request_id IS NOT NULL ORDER BY created_at, id
            """;
    private static final String DELETE_APPROVALS = "DELETE FROM approval WHERE thread_id = :thread";
    private static final String DELETE_NOTIFICATIONS = "DELETE FROM notification WHERE thread_id = :thread";

    /**
     * What was removed.
     *
     * @param requests the ids at Permit of those that were filed there
     */
    public record Removed(int approvals, int notifications, List<String> requests) {
        public Removed {
            requests = List.copyOf(requests);
        }
    }

    /** Whether something is still to be done about one of them, here or at Permit. */
    public boolean unsettled(Handle tx, String threadId) {
        return tx.createQuery(COUNT_UNSETTLED)
                        .bind("thread", threadId)
                        .mapTo(Integer.class)
                        .one()
                > 0;
    }

    /** Removes them within the caller's transaction, which holds the thread. */
    public Removed remove(Handle tx, String threadId) {
        List<String> requests = tx.createQuery(SELECT_REQUESTS)
                .bind("thread", threadId)
                .mapTo(String.class)
                .list();
        int approvals =
                tx.createUpdate(DELETE_APPROVALS).bind("thread", threadId).execute();
        int notifications =
                tx.createUpdate(DELETE_NOTIFICATIONS).bind("thread", threadId).execute();
        return new Removed(approvals, notifications, requests);
    }
}
