package dev.countersign.checkpoint;

import dev.countersign.thread.Leases;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * How the nodes of a turn come to act: never past the lease, and never before the steps that led there are written. Used by the turn's
 * thread.
 */
public final class Acts {
    private final CheckpointStore checkpoints;
    private final Leases leases;

    public Acts(CheckpointStore checkpoints, Leases leases) {
        this.checkpoints = checkpoints;
        this.leases = leases;
    }

    /**
     * Runs a transaction that leads to an act.
     *
     * @throws dev.countersign.thread.LostLease when the lease is lost: nothing is written and nothing must be sent
     */
    public <T> T act(Turn turn, Function<Handle, T> work) {
        return checkpoints.act(turn, tx -> leases.guard(tx, turn.lease()), work);
    }

    /** As {@link #act}, with nothing to give back. */
    public void write(Turn turn, Consumer<Handle> work) {
        boolean unused = act(turn, tx -> {
            work.accept(tx);
            return true;
        });
    }

    /**
     * To be called before something is done outside that no transaction of this turn leads to: writes what was put off, if anything.
     *
     * @throws dev.countersign.thread.LostLease when there was something and the lease is lost
     */
    public void ready(Turn turn) {
        if (!turn.isWritten()) {
            write(turn, tx -> {});
        }
    }
}
