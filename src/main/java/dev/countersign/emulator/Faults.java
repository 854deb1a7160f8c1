package dev.countersign.emulator;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What goes wrong on purpose. Held in memory only: a restart is well-behaved again. Safe for use by many threads; a change
 * holds for every request that starts after it.
 */
public final class Faults {
    private final Runnable flush;
    private final List<Fault> waiting = new ArrayList<>();
    private Switches switches = Switches.standard();

    Faults(Runnable flush) {
        this.flush = flush;
    }

    /** The behaviour in force. */
    public synchronized Switches switches() {
        return switches;
    }

    /** Replaces the behaviour. */
    public synchronized void change(UnaryOperator<Switches> edit) {
        switches = edit.apply(switches);
    }

    /** Sets a trap; traps are tried in the order they were set, one a request. */
    public synchronized void inject(Fault fault) {
        if (waiting.size() >= 1000) {
            throw new IllegalArgumentException("expected at most 1000 waiting faults; clear them first");
        }
        waiting.add(fault);
    }

    /** The traps that still wait, with the times they have left. */
    public synchronized List<Fault> waiting() {
        return List.copyOf(waiting);
    }

    /** Back to standard behaviour, no traps; the PDP sees everything. */
    public void clear() {
        synchronized (this) {
            waiting.clear();
            switches = Switches.standard();
        }
        flush.run();
    }

    /** Lets the PDP see every role change made so far. */
    public void flushPdp() {
        flush.run();
    }

    synchronized Optional<Fault> take(String method, String rawPath) {
        for (Iterator<Fault> each = waiting.iterator(); each.hasNext(); ) {
            Fault fault = each.next();
            if (fault.matches(method, rawPath)) {
                int index = waiting.indexOf(fault);
                if (fault.times() == 1) {
                    each.remove();
                } else {
                    waiting.set(index, fault.withTimes(fault.times() - 1));
                }
                return Optional.of(fault);
            }
        }
        return Optional.empty();
    }
}
