package dev.countersign.crash;

import dev.countersign.db.Database;
import dev.countersign.permit.Permit;
import dev.countersign.permit.Permits;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;

/** The process that is halted: runs its errands one after the other, and is gone in the middle of one that says so. */
final class CrashChild {
    private static final Duration LEASE = Duration.ofSeconds(2);

    private CrashChild() {}

    /**
     * Exits with 0 after the last errand, with {@link Trip#HALTED} where one ends on purpose, with 1 when one fails.
     *
     * @param lines errands, each as {@link Errand#line} writes it
     */
    public static void main(String[] lines) {
        CutDisk.register();
        try {
            for (String line : lines) {
                run(Errand.parse(line));
            }
        } catch (Throwable e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
        Runtime.getRuntime().halt(0);
    }

    private static void run(Errand errand) {
        Trip trip = new Trip(errand.at(), errand.occurrence());
        Permit permit = Permits.connect(errand.permitConfig());
        Database database = Node.store(errand.store(), trip);
        FreshRows.into(database);
        trip.arm();
        Node.Surroundings around = new Node.Surroundings(
                stepping(permit, trip), new OutsideTools(permit, errand.effects(), trip::at), Clock.systemUTC(), LEASE);
        Obedient model = new Obedient(() -> trip.at(Boundary.IN_MODEL_CALL));
        try (Node node = new Node(database, around, model)) {
            String chat = new Story(node, permit, errand.acknowledged(), trip::at).tell();
            errand.passed().add("chat " + chat);
            database.barrier();
        }
        trip.passed().forEach((boundary, times) -> errand.passed().add(boundary + " " + times));
        errand.passed().add("end");
    }

    /** Halts around the calls by which this process changes something at Permit. */
    static Permit stepping(Permit real, Trip trip) {
        return (Permit) Proxy.newProxyInstance(
                CrashChild.class.getClassLoader(), new Class<?>[] {Permit.class}, (self, method, arguments) -> {
                    boolean unassign = method.getName().equals("unassign");
                    boolean cancel = method.getName().equals("cancel");
                    if (unassign || cancel) {
                        trip.at(unassign ? Boundary.BEFORE_UNASSIGN_AT_PERMIT : Boundary.BEFORE_CANCEL_AT_PERMIT);
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    } finally {
                        if (unassign || cancel) {
                            trip.at(unassign ? Boundary.AFTER_UNASSIGN_AT_PERMIT : Boundary.AFTER_CANCEL_AT_PERMIT);
                        }
                    }
                });
    }
}
