package dev.countersign.approval;

import dev.countersign.db.Database;
import dev.countersign.permit.Permit;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be done about approvals as time passes, in one idempotent go that any node may make at any time: deadlines and
 * withdrawals, reminders, requests that nobody waits for. A part that fails does not keep the others from being done, and is
 * done in the next go. Safe for use by many threads and processes.
 */
public final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    private final Deadlines deadlines;
    private final Orphans orphans;
    private final Reminders reminders;

    private Upkeep(Deadlines deadlines, Orphans orphans, Reminders reminders) {
        this.deadlines = deadlines;
        this.orphans = orphans;
        this.reminders = reminders;
    }

    /** The upkeep of one store's approvals. */
    public static Upkeep over(Database database, Permit permit, ApprovalStore approvals, Watcher watcher, Clock clock) {
        Timers timers = new Timers(database, clock);
        Orphans orphans = new Orphans(permit, database, approvals, timers, watcher);
        return new Upkeep(
                new Deadlines(database, watcher, approvals, timers, orphans),
                orphans,
                new Reminders(database, approvals, clock));
    }

    /** Does what is due; {@code moved} hears each thread that has something to go on with. */
    public void run(Consumer<String> moved) {
        List<Runnable> parts = List.of(() -> deadlines.enforce(moved), reminders::remind, orphans::look);
        for (Runnable part : parts) {
            try {
                part.run();
            } catch (RuntimeException e) {
                LOG.atWarn().log("a part of the upkeep failed and will be done again", e);
            }
        }
    }

    /** For extensions and withdrawals. */
    public Deadlines deadlines() {
        return deadlines;
    }

    /** For filings that may have left a request behind. */
    public Orphans orphans() {
        return orphans;
    }
}
