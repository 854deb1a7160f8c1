package dev.countersign.crash;

import dev.countersign.permit.Permit;
import dev.countersign.permit.Permits;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A node in a process of its own. It does what it is told, a line each, and says so afterwards: {@code open ERRAND}, {@code say
 * THREAD TEXT}, {@code wake}, {@code close}. At the errand's boundary it stops itself as a whole, until it is continued from
 * outside and told to {@code go}. It ends when nobody is there any more to tell it anything.
 */
final class NodeChild {
    static final Duration LEASE = Duration.ofSeconds(2);

    /** What an answer begins with; everything else that it prints is talk. */
    static final String DONE = "done ";

    private final Semaphore go = new Semaphore(0);
    private @Nullable Node node;

    private NodeChild() {}

    public static void main(String[] none) {
        int exit = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            NodeChild child = new NodeChild();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] part = line.split(" ", 2);
                child.obey(part[0], part.length < 2 ? "" : part[1]);
                System.out.println(DONE + part[0]);
                System.out.flush();
            }
        } catch (Throwable e) {
            e.printStackTrace();
            exit = 1;
        }
        Runtime.getRuntime().halt(exit);
    }

    private void obey(String what, String with) {
        switch (what) {
            case "open" -> node = open(Errand.parse(with));
            case "say" -> {
                String[] part = with.split(" ", 2);
                node().runtime.send(Node.HENRY, part[0], part[1]);
            }
            case "go" -> go.release();
            case "wake" -> node().runtime.wake();
            case "close" -> node().close();
            default -> throw new IllegalArgumentException("expected an order, got " + what);
        }
    }

    private Node node() {
        return Objects.requireNonNull(node, "nothing was opened");
    }

    private Node open(Errand errand) {
        Trip trip = new Trip(errand.at(), errand.occurrence(), this::stop);
        Permit permit = Permits.connect(errand.permitConfig());
        Node.Surroundings around = new Node.Surroundings(
                CrashChild.stepping(permit, trip),
                new OutsideTools(permit, errand.effects(), trip::at),
                Clock.systemUTC(),
                LEASE);
        trip.arm();
        return new Node(Node.store(errand.store(), trip), around, new Obedient(() -> trip.at(Boundary.IN_MODEL_CALL)));
    }

    /** The signal may take a moment to reach every thread, and this one must not get any further meanwhile. */
    private void stop() {
        NodeProcess.signal("-STOP", ProcessHandle.current().pid());
        go.acquireUninterruptibly();
    }
}
