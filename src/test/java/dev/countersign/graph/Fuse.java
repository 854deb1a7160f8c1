package dev.countersign.graph;

import dev.countersign.account.SettableClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Set;

/**
 * Ends a process's life at a chosen step: from the n-th spark on, everything that passes through it fails, as if nobody were
 * there any more. Sparks come from the clock (which every write to the store asks, within its transaction), and before and
 * after each call of a port.
 */
final class Fuse {
    private int left;
    private boolean blown;

    /** What a dead process does not survive. */
    static final class Halted extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Halted() {
            super("halted on purpose");
        }
    }

    /** Burns down after so many sparks. */
    synchronized void light(int sparks) {
        left = sparks;
        blown = false;
    }

    synchronized boolean isBlown() {
        return blown;
    }

    /** How many sparks were left over. */
    synchronized int left() {
        return left;
    }

    synchronized void spark() {
        if (!blown && --left == 0) {
            blown = true;
        }
        if (blown) {
            throw new Halted();
        }
    }

    /** A clock that sparks on the threads that run turns. */
    Clock clock(SettableClock base) {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return base.getZone();
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                if (Thread.currentThread().getName().startsWith("turn-")) {
                    spark();
                }
                return base.instant();
            }
        };
    }

    /** A port whose calls, except for the harmless ones, spark before and after. */
    <T> T port(Class<T> type, T real, Set<String> harmless) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    boolean sparks = !harmless.contains(method.getName());
                    if (sparks) {
                        spark();
                    }
                    Object answer;
                    try {
                        answer = method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (sparks) {
                        spark();
                    }
                    return answer;
                }));
    }
}
