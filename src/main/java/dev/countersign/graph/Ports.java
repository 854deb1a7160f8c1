package dev.countersign.graph;

import dev.countersign.approval.ApprovalStore;
import dev.countersign.approval.Notifications;
import dev.countersign.approval.Upkeep;
import dev.countersign.approval.Watcher;
import dev.countersign.checkpoint.Acts;
import dev.countersign.checkpoint.CheckpointStore;
import dev.countersign.core.IdSource;
import dev.countersign.db.Database;
import dev.countersign.log.DecisionLog;
import dev.countersign.permit.Permit;
import dev.countersign.thread.Leases;
import dev.countersign.thread.LogKeys;
import dev.countersign.thread.ThreadStore;
import dev.countersign.tool.EffectJournal;
import java.time.Clock;
import java.time.Duration;

/**
 * What every agent shares: the only ways out of the graph.
 *
 * @param keys of the threads' texts
 * @param log of decisions and effects
 * @param effects the journal
 */
public record Ports(
        Database database,
        LogKeys keys,
        ThreadStore threads,
        Leases leases,
        CheckpointStore checkpoints,
        DecisionLog log,
        EffectJournal effects,
        ApprovalStore approvals,
        Watcher watcher,
        Notifications notifications,
        Upkeep upkeep,
        Permit permit,
        Clock clock,
        IdSource ids) {
    /**
     * The ports over one store and one Permit, which may be asked as often as need be.
     *
     * @param lease how long a turn may hold its thread without renewal
     * @param poll how often one young request is asked for at most
     */
    public static Ports over(
            Database database, Permit permit, Clock clock, IdSource ids, Duration lease, Duration poll) {
        return over(database, permit, clock, ids, lease, Watcher.Pace.unlimited(poll));
    }

    /** The same, with a limit on how often Permit is asked for decisions. */
    public static Ports over(
            Database database, Permit permit, Clock clock, IdSource ids, Duration lease, Watcher.Pace asking) {
        return over(new Ground(database, permit, clock, ids), lease, asking, new DecisionLog(database, clock));
    }

    /** The ports of a record that is run again, over a store to be thrown away: the decision log stays empty. */
    public static Ports ofReplay(Database database, Permit permit, Clock clock, IdSource ids, Duration lease) {
        return over(
                new Ground(database, permit, clock, ids),
                lease,
                Watcher.Pace.unlimited(lease),
                DecisionLog.silent(database, clock));
    }

    /** How a turn's nodes come to act. */
    Acts acts() {
        return new Acts(checkpoints, leases);
    }

    private record Ground(Database database, Permit permit, Clock clock, IdSource ids) {}

    private static Ports over(Ground ground, Duration lease, Watcher.Pace asking, DecisionLog log) {
        Database database = ground.database();
        Permit permit = ground.permit();
        Clock clock = ground.clock();
        LogKeys keys = new LogKeys(database);
        ThreadStore threads = new ThreadStore(database, keys, clock);
        ApprovalStore approvals = new ApprovalStore(database, keys, clock, log);
        Watcher watcher = new Watcher(permit, database, new Watcher.Stores(approvals, threads), clock, asking);
        return new Ports(
                database,
                keys,
                threads,
                new Leases(database, clock, ground.ids().newId(), lease),
                new CheckpointStore(database, keys, clock),
                log,
                EffectJournal.over(database, clock, Logged.effects(log)),
                approvals,
                watcher,
                new Notifications(database, clock),
                Upkeep.over(database, permit, approvals, watcher, clock),
                permit,
                clock,
                ground.ids());
    }
}
