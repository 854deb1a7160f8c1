package dev.countersign.crash;

import dev.countersign.permit.Permit;
import dev.countersign.permit.Permits;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/** The process that kills itself, as {@code kill -9} does, at the boundary of its errand. */
final class KilledChild {
    private static final Duration LEASE = Duration.ofSeconds(2);

    private KilledChild() {}

    /**
     * Ends by SIGKILL at the boundary; with 0 when it never came there, with 1 when something failed before.
     *
     * @param line an errand, as {@link Errand#line} writes it
     */
    public static void main(String[] line) {
        try {
            run(Errand.parse(line[0]));
        } catch (Throwable e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
        Runtime.getRuntime().halt(0);
    }

    private static void run(Errand errand) {
        Trip trip = new Trip(errand.at(), errand.occurrence(), KilledChild::kill);
        Permit permit = Permits.connect(errand.permitConfig());
        Node.Surroundings around = new Node.Surroundings(
                CrashChild.stepping(permit, trip),
                new OutsideTools(permit, errand.effects(), trip::at),
                Clock.systemUTC(),
                LEASE);
        trip.arm();
        Obedient model = new Obedient(() -> trip.at(Boundary.IN_MODEL_CALL));
        try (Node node = new Node(Node.store(errand.store(), trip), around, model)) {
            new Story(node, permit, errand.acknowledged(), trip::at).tell();
        }
    }

    /** The signal may take a moment, and this thread must not get any further meanwhile. */
    private static void kill() {
        NodeProcess.signal("-KILL", ProcessHandle.current().pid());
        new Semaphore(0).acquireUninterruptibly();
    }
}
