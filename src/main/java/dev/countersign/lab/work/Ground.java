package dev.countersign.lab.work;

import dev.countersign.approval.Watcher;
import dev.countersign.core.IdSource;
import dev.countersign.db.Database;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.Agents;
import dev.countersign.graph.Pace;
import dev.countersign.graph.Ports;
import dev.countersign.permit.Permit;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Where the workload is done: a store of its own, a Permit, a clock.
 *
 * @param connection gives Permit, the same one each time, once it is connected to
 * @param mode the word for the store's durability in the figures
 */
public record Ground(Store store, Supplier<Permit> connection, Clock clock, IdSource ids, String mode) {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final int WORKERS = 12;

    /** A store that can be opened again and again. */
    public interface Store {
        Database open();

        /** Bytes on disk after an orderly stop; called while it is closed. */
        long bytes();
    }

    Permit permit() {
        return connection.get();
    }

    Ports ports(Database database) {
        return Ports.over(database, permit(), clock, ids, LEASE, Watcher.Pace.unlimited(NEVER));
    }

    /** A runtime over the store, which nothing wakes but what is done to it. */
    AgentRuntime start(Database database, Scene scene) {
        return Agents.start(ports(database), scene.outfits(), new Pace(NEVER, LEASE, WORKERS), unused -> {});
    }

    /** What is done with a runtime over the open store. */
    @FunctionalInterface
    interface Stretch {
        void run(AgentRuntime runtime) throws InterruptedException;
    }

    /** Opens the store, does that, and stops in an orderly way. */
    void with(Scene scene, Stretch stretch) throws InterruptedException {
        try (Database database = store.open();
                AgentRuntime runtime = start(database, scene)) {
            stretch.run(runtime);
        }
    }
}
