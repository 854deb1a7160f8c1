package dev.countersign.graph;

import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/** How a run's nodes come to act: never past the lease, and never before the steps that led there are written. */
final class Acts {
    private Acts() {}

    /**
     * Runs a transaction that leads to an act.
     *
     * @throws dev.countersign.thread.LostLease when the lease is lost: nothing is written and nothing must be sent
     */
    static <T> T act(Ports ports, Run run, Function<Handle, T> work) {
        return ports.checkpoints()
                .act(run.turn(), tx -> ports.leases().guard(tx, run.turn().lease()), work);
    }

    /** As {@link #act}, with nothing to give back. */
    static void write(Ports ports, Run run, Consumer<Handle> work) {
        boolean unused = act(ports, run, tx -> {
            work.accept(tx);
            return true;
        });
    }

    /** Before something is done outside that no transaction of this run leads to. */
    static void ready(Ports ports, Run run) {
        ports.checkpoints().catchUp(run.turn());
    }
}
