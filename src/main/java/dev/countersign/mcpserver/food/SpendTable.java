package dev.countersign.mcpserver.food;

import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The approvals that are, or are being, used up. A row is never taken back once Permit may have removed the grant:
 *
 * <pre>
 * (none) ── begin ──▶ SPENDING ── grant removed, order written ──▶ SPENT
 *    ▲                   │ └──── somebody else removed it, or another call went first ──▶ LOST
 *    └── nothing sent ───┘
 * (none) ── its grant was spent by another approval's order ──▶ VOID
 * </pre>
 */
final class SpendTable {
    private static final String CREATE = """
            CREATE TABLE IF NOT EXISTS spend (
                approval_id VARCHAR(64)  PRIMARY KEY,
                state       VARCHAR(10)  NOT NULL,
                call_key    VARCHAR(200) NOT NULL,
                user_key    VARCHAR(128) NOT NULL,
                restaurant  VARCHAR(128) NOT NULL,
                dish        VARCHAR(200) NOT NULL,
                order_id    VARCHAR(64)  NOT NULL
            )
            """;
    private static final String BEGUN = """
            SELECT approval_id, call_key, user_key, restaurant, dish, order_id FROM spend
            WHERE user_key = :user AND restaurant = :restaurant AND state = 'SPENDING'
            """;
    private static final String KNOWN = "SELECT COUNT(*) FROM spend WHERE approval_id = :approval";
    private static final String INSERT = """
            INSERT INTO spend (approval_id, state, call_key, user_key, restaurant, dish, order_id)
            SELECT :approval, :state, :call, :user, :restaurant, :dish, :order
            WHERE NOT EXISTS (SELECT 1 FROM spend WHERE approval_id = :approval)
            """;
    private static final String TAKE_OVER =
            "UPDATE spend SET call_key = :call WHERE approval_id = :approval AND state = 'SPENDING'";
    private static final String END =
            "UPDATE spend SET state = :state WHERE approval_id = :approval AND state = 'SPENDING'";
    private static final String RELEASE = "DELETE FROM spend WHERE approval_id = :approval AND state = 'SPENDING'";

    private final Handle handle;

    SpendTable(Handle handle) {
        this.handle = handle;
    }

    static void create(Handle handle) {
        handle.execute(CREATE);
    }

    Optional<Spend> begun(String user, String restaurant) {
        return handle.createQuery(BEGUN)
                .bind("user", user)
                .bind("restaurant", restaurant)
                .map((row, context) -> new Spend(
                        row.getString("approval_id"),
                        row.getString("call_key"),
                        row.getString("user_key"),
                        row.getString("restaurant"),
                        row.getString("dish"),
                        row.getString("order_id")))
                .findFirst();
    }

    boolean isKnown(String approvalId) {
        return handle.createQuery(KNOWN)
                        .bind("approval", approvalId)
                        .mapTo(Integer.class)
                        .one()
                > 0;
    }

    boolean begin(Spend spend) {
        return insert(spend, "SPENDING") == 1;
    }

    void voided(String approvalId, Wish wish) {
        insert(
                new Spend(
                        approvalId,
                        wish.callKey(),
                        wish.user(),
                        wish.restaurant().key(),
                        wish.dish().name(),
                        ""),
                "VOID");
    }

    private int insert(Spend spend, String state) {
        return handle.createUpdate(INSERT)
                .bind("approval", spend.approvalId())
                .bind("state", state)
                .bind("call", spend.callKey())
                .bind("user", spend.user())
                .bind("restaurant", spend.restaurant())
                .bind("dish", spend.dish())
                .bind("order", spend.orderId())
                .execute();
    }

    void takeOver(String approvalId, String callKey) {
        one(
                approvalId,
                handle.createUpdate(TAKE_OVER)
                        .bind("approval", approvalId)
                        .bind("call", callKey)
                        .execute());
    }

    void spent(String approvalId) {
        end(approvalId, "SPENT");
    }

    void lose(String approvalId) {
        end(approvalId, "LOST");
    }

    void release(String approvalId) {
        one(
                approvalId,
                handle.createUpdate(RELEASE).bind("approval", approvalId).execute());
    }

    private void end(String approvalId, String state) {
        one(
                approvalId,
                handle.createUpdate(END)
                        .bind("approval", approvalId)
                        .bind("state", state)
                        .execute());
    }

    // The caller holds the user's lock, so a begun spend cannot have moved in between.
    private static void one(String approvalId, int rows) {
        if (rows != 1) {
            throw new IllegalStateException(
                    "expected one begun spend of approval " + approvalId + ", got " + rows + " rows");
        }
    }
}
