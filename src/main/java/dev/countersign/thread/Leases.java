package dev.countersign.thread;

import dev.countersign.db.Database;
import dev.countersign.db.Sql;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Who may run a thread. A lease is taken by a conditional update that raises the thread's fence; whoever holds an older fence
 * is refused in every transaction that asks {@link #guard}. Safe for use by many threads and many processes.
 */
public final class Leases {
    private static final Sql TAKE = Sql.of("""
            UPDATE thread SET fence = fence + 1, lease_owner = :owner, lease_until = :until
            WHERE id = :id AND (lease_until < :now OR lease_owner = '')
            """);
    private static final Sql FENCE = Sql.of("SELECT fence FROM thread WHERE id = :id AND lease_owner = :owner");
    private static final Sql GUARD = Sql.of("UPDATE thread SET lease_until = :until WHERE id = :id AND fence = :fence");
    // One that was given back meanwhile stays so.
    private static final Sql RENEW = Sql.of("""
            UPDATE thread SET lease_until = CASE WHEN lease_owner = '' THEN lease_until ELSE :until END
            WHERE id = :id AND fence = :fence
            """);
    private static final Sql DROP = Sql.of("""
            UPDATE thread SET lease_owner = '', lease_until = 0 WHERE id = :id AND fence = :fence
            """);
    private static final String REST = """
            UPDATE thread SET status = :status, due = (events_accepted > events_done), updated_at = :now
            WHERE id = :id AND fence = :fence
            """;
    // The fence rises, so that giving the lease back changes nothing; without an owner the next event may take it at
    // once.
    private static final String SET_ASIDE = """
            UPDATE thread SET status = COALESCE(CAST(:status AS VARCHAR), status), due = TRUE, updated_at = :now,
                fence = fence + 1, lease_owner = '', lease_until = :until
            WHERE id = :id AND fence = :fence
            """;
    private static final String SKIP_EVENT = """
            UPDATE thread SET events_done = events_done + 1,
                cancel_asked = (cancel_asked AND events_accepted > events_done + 1)
            WHERE id = :id AND fence = :fence AND events_done = :done
            """;
    private static final String DUE =
            "SELECT id FROM thread WHERE due = TRUE AND lease_until < :now ORDER BY updated_at LIMIT :limit";

    private static final String IS_DUE =
            "SELECT count(*) FROM thread WHERE id = :id AND due = TRUE AND lease_until < :now";

    private static final String FREE_ALL = "UPDATE thread SET lease_owner = '', lease_until = 0 WHERE lease_until > 0";

    private final Database database;
    private final Clock clock;
    private final String node;
    private final Duration length;

    /** Until when this node's own clock vouches for a lease, without a look into the store. */
    private final Map<Lease, Long> vouched = new ConcurrentHashMap<>();

    /**
     * Leases for one node.
     *
     * @param node unique name of this process
     * @param length how long a lease lasts without renewal
     */
    public Leases(Database database, Clock clock, String node, Duration length) {
        this.database = database;
        this.clock = clock;
        this.node = node;
        this.length = length;
    }

    /**
     * Frees what a predecessor held when it died or had set aside, where the store can have no other owner; to be called once,
     * at the start.
     * Elsewhere its leases run out by themselves.
     */
    public void freeLeftBehind() {
        if (database.isExclusive()) {
            database.useTransaction(tx -> tx.execute(FREE_ALL));
        }
    }

    /** Takes the lease, or nothing when somebody else holds it. */
    public Optional<Lease> take(String threadId) {
        return take(
                threadId,
                tx -> new Lease(
                        threadId,
                        FENCE.on(tx).bind("id", threadId).bind("owner", node).one(row -> row.getLong(1))),
                lease -> lease);
    }

    /** Takes the lease and reads the thread's row under it, or nothing when somebody else holds it; the row's fence is the lease's. */
    public Optional<ThreadRow> take(String threadId, ThreadStore threads) {
        return take(threadId, tx -> threads.get(tx, threadId), row -> new Lease(threadId, row.fence()));
    }

    private <T> Optional<T> take(String threadId, Function<Handle, T> read, Function<T, Lease> lease) {
        long asked = clock.millis();
        Optional<T> taken = database.inTransaction(tx -> {
            int hit = TAKE.on(tx)
                    .bind("id", threadId)
                    .bind("owner", node)
                    .bind("until", until())
                    .bind("now", clock.millis())
                    .execute();
            return hit == 0 ? Optional.empty() : Optional.of(read.apply(tx));
        });
        taken.ifPresent(one -> vouched.put(lease.apply(one), vouchedFrom(asked)));
        return taken;
    }

    /**
     * Checks, within a transaction that leads to an act, that nobody has taken a newer lease, and prolongs this one. A lease
     * past its time that nobody took is as good as new: taking raises the fence, so the check and the taking exclude each other.
     *
     * @throws LostLease when it is not: the transaction must not commit
     */
    public void guard(Handle tx, Lease lease) {
        prolong(tx, GUARD, lease);
    }

    private void prolong(Handle tx, Sql how, Lease lease) {
        int hit = how.on(tx)
                .bind("id", lease.threadId())
                .bind("fence", lease.fence())
                .bind("until", until())
                .execute();
        if (hit == 0) {
            throw new LostLease(lease);
        }
    }

    /**
     * Prolongs the lease outside of any other transaction.
     *
     * @throws LostLease when somebody has taken a newer one
     */
    public void renew(Lease lease) {
        long asked = clock.millis();
        database.useTransaction(tx -> prolong(tx, RENEW, lease));
        vouched.computeIfPresent(lease, (same, before) -> vouchedFrom(asked));
    }

    /**
     * To be called right before something is sent that was guarded a while ago. A node that was frozen meanwhile sees it by its
     * own clock, and asks the store; one that runs as usual renews its leases in time, and this costs nothing.
     *
     * @throws LostLease when somebody has taken a newer one: nothing must be sent
     */
    public void beforeSending(Lease lease) {
        Long until = vouched.get(lease);
        if (until == null || clock.millis() > until) {
            renew(lease);
        }
    }

    /** Half of the lease: the other half is for what is sent then, and a third is what a renewal comes within. */
    private long vouchedFrom(long asked) {
        return asked + length.toMillis() / 2;
    }

    /** Says where the thread has come to rest; a lost lease changes nothing. */
    public void rest(Lease lease, ThreadStatus status) {
        database.useTransaction(tx -> tx.createUpdate(REST)
                .bind("id", lease.threadId())
                .bind("fence", lease.fence())
                .bind("status", status.name())
                .bind("now", clock.millis())
                .execute());
    }

    /**
     * Gives the lease back and takes the thread out of the running for a while, or until its next event or the next start; a
     * lost lease changes nothing.
     *
     * @param status as what it stands there; null when that does not change
     * @return false when the lease was lost: somebody else runs the thread, or did
     */
    public boolean setAside(Lease lease, @Nullable ThreadStatus status, Duration pause) {
        return setAside(lease, status, pause, tx -> {});
    }

    /** As above; {@code also} writes something in the same transaction, unless the lease is lost. */
    public boolean setAside(Lease lease, @Nullable ThreadStatus status, Duration pause, Consumer<Handle> also) {
        return database.inTransaction(tx -> {
            int hit = tx.createUpdate(SET_ASIDE)
                    .bind("id", lease.threadId())
                    .bind("fence", lease.fence())
                    .bind("status", status == null ? null : status.name())
                    .bind("now", clock.millis())
                    .bind("until", clock.millis() + pause.toMillis())
                    .execute();
            if (hit == 1) {
                also.accept(tx);
            }
            return hit == 1;
        });
    }

    /** Consumes the next event without a turn, since it has no effect here; a lost lease changes nothing. */
    public void skipEvent(Lease lease, long eventsDone) {
        database.useTransaction(tx -> tx.createUpdate(SKIP_EVENT)
                .bind("id", lease.threadId())
                .bind("fence", lease.fence())
                .bind("done", eventsDone)
                .execute());
    }

    /** A checkpoint has given the lease back with its transaction. */
    public void gaveBack(Lease lease) {
        vouched.remove(lease);
    }

    /** Gives the lease back; a lost lease changes nothing. */
    public void drop(Lease lease) {
        vouched.remove(lease);
        database.useTransaction(tx -> DROP.on(tx)
                .bind("id", lease.threadId())
                .bind("fence", lease.fence())
                .execute());
    }

    /** Threads that wait for a turn and that nobody runs: events left behind, and turns broken off. */
    public List<String> due(int limit) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(DUE)
                        .bind("now", clock.millis())
                        .bind("limit", limit)
                        .mapTo(String.class)
                        .list());
    }

    /** Whether the thread waits for a turn and nobody runs it. */
    public boolean isDue(String threadId) {
        return database.jdbi()
                        .<Integer, RuntimeException>withHandle(handle -> handle.createQuery(IS_DUE)
                                .bind("id", threadId)
                                .bind("now", clock.millis())
                                .mapTo(Integer.class)
                                .one())
                > 0;
    }

    private long until() {
        return clock.millis() + length.toMillis();
    }
}
