package dev.countersign.crash;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Hears where a process is, counts how often it passes each {@link Boundary}, and ends it at the chosen one, unless it is told to
 * do something else there: at once, with nothing flushed and no hook run. Statements are recognised by how they begin, and by what is bound to them.
 */
final class Trip implements Tap.Ear {
    /** What a process halted on purpose exits with. */
    static final int HALTED = 77;

    private final Optional<Boundary> at;
    private final int occurrence;
    private final Runnable there;
    private final Map<Boundary, Integer> passed = new EnumMap<>(Boundary.class);
    private boolean armed;
    private final ThreadLocal<String> newest = ThreadLocal.withInitial(() -> "");

    Trip(Optional<Boundary> at, int occurrence) {
        this(at, occurrence, () -> Runtime.getRuntime().halt(HALTED));
    }

    /** One that does something else at the boundary. */
    Trip(Optional<Boundary> at, int occurrence, Runnable there) {
        this.at = at;
        this.occurrence = occurrence;
        this.there = there;
    }

    /** From now on it counts. */
    synchronized void arm() {
        armed = true;
    }

    synchronized Map<Boundary, Integer> passed() {
        return new EnumMap<>(passed);
    }

    void at(Boundary boundary) {
        boolean now;
        synchronized (this) {
            if (!armed) {
                return;
            }
            int times = passed.merge(boundary, 1, Integer::sum);
            now = at.isPresent() && at.get() == boundary && times == occurrence;
        }
        if (now) {
            there.run();
        }
    }

    @Override
    public void before(Tap.Call call) {
        String what = call instanceof Tap.Committed committed ? kind(committed) + "COMMIT" : barrier(call);
        find("BEFORE_" + what).ifPresent(this::at);
    }

    @Override
    public void after(Tap.Call call) {
        if (call instanceof Tap.Committed committed) {
            newest.set(kind(committed));
            find("AFTER_" + kind(committed) + "COMMIT").ifPresent(this::at);
        } else {
            find("AFTER_" + barrier(call)).ifPresent(this::at);
        }
    }

    private String barrier(Tap.Call call) {
        boolean isBarrier = call instanceof Tap.Said said && said.begins("CHECKPOINT SYNC");
        return isBarrier ? newest.get() + "BARRIER" : "";
    }

    private static Optional<Boundary> find(String name) {
        String known = name.replace("PUT_COMMIT", "PUT");
        for (Boundary boundary : Boundary.values()) {
            if (boundary.name().equals(known)) {
                return Optional.of(boundary);
            }
        }
        return Optional.empty();
    }

    /** What a transaction is, as its boundary is called, with an underscore behind it. */
    static String kind(Tap.Committed transaction) {
        if (transaction.has("INSERT INTO thread ")) {
            return "THREAD_";
        }
        if (transaction.has("INSERT INTO event")) {
            return transaction.has("UPDATE approval") ? "CLAIM_" : "EVENT_";
        }
        // Steps that were put off come with the act that they lead to.
        if (transaction.has("INSERT INTO approval")) {
            return "FILING_";
        }
        if (transaction.has("INSERT INTO checkpoint")) {
            return put(transaction);
        }
        if (transaction.has("INSERT INTO effect")) {
            return "DISPATCH_";
        }
        if (transaction.has("UPDATE effect")) {
            return saying(transaction, "UPDATE effect", "outcome").isEmpty() ? "DISPATCH_" : "OUTCOME_";
        }
        if (transaction.has("UPDATE approval SET state")) {
            return move(transaction);
        }
        return lease(transaction);
    }

    private static String put(Tap.Committed transaction) {
        List<Tap.Said> inserts = saying(transaction, "INSERT INTO checkpoint", "");
        Tap.Said insert = inserts.get(inserts.size() - 1);
        Object node = insert.values().get(3);
        Object next = insert.values().get(4);
        if ("settle".equals(node)) {
            return "SETTLE_PUT_";
        }
        if ("await".equals(next)) {
            return "PARK_";
        }
        if ("await".equals(node) && move(transaction).equals("SPEND_")) {
            return "SPEND_";
        }
        if ("__START__".equals(node) || "await".equals(node)) {
            return "CONSUME_PUT_";
        }
        return "__END__".equals(next) ? "END_PUT_" : "CHECKPOINT_PUT_";
    }

    private static String move(Tap.Committed transaction) {
        for (Tap.Said said : saying(transaction, "UPDATE approval SET state", "")) {
            if (said.binds("SPENT")) {
                return "SPEND_";
            }
            if (said.values().get(1) instanceof String to && to.equals("CANCELED")) {
                return "WITHDRAWN_";
            }
            if (said.binds("FILING")) {
                return "FILED_";
            }
        }
        return "";
    }

    private static String lease(Tap.Committed transaction) {
        if (!saying(transaction, "UPDATE thread SET fence = fence + 1, lease_owner", "")
                .isEmpty()) {
            return "LEASE_";
        }
        if (!saying(transaction, "UPDATE thread SET lease_owner = ''", "fence = ")
                .isEmpty()) {
            return "LEASE_DROP_";
        }
        if (!saying(transaction, "UPDATE thread SET events_done", "").isEmpty()) {
            return "SKIP_";
        }
        return saying(transaction, "UPDATE thread SET status", "due = (").isEmpty() ? "" : "REST_";
    }

    private static List<Tap.Said> saying(Tap.Committed transaction, String begin, String also) {
        return transaction.statements().stream()
                .filter(said -> said.begins(begin) && said.sql().contains(also))
                .toList();
    }
}
