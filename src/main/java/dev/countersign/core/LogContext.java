package dev.countersign.core;

import java.util.function.Supplier;
import org.slf4j.MDC;

/**
 * Whose work a Java thread is doing, for every line that is logged meanwhile, by whomever: {@code thread} is the conversation's or
 * job's id, {@code turn} the number of the event it takes to its rest, {@code principal} the user it is done for. Ids only, no
 * texts. Never throws.
 */
public final class LogContext {
    /** The keys, as they stand in a line. */
    public static final String THREAD = "thread";

    public static final String TURN = "turn";
    public static final String PRINCIPAL = "principal";

    private LogContext() {}

    /** Does something in a conversation, for its owner, and gives back what came of it. */
    public static <T> T thread(String thread, String owner, Supplier<T> work) {
        return within(THREAD, thread, () -> within(PRINCIPAL, owner, work));
    }

    /** Does a turn of it, and gives back what came of it. */
    public static <T> T turn(long number, Supplier<T> work) {
        return within(TURN, Long.toString(number), work);
    }

    private static <T> T within(String key, String value, Supplier<T> work) {
        MDC.put(key, value);
        try {
            return work.get();
        } finally {
            MDC.remove(key);
        }
    }

    /** From here on this Java thread serves a request of this user; until {@link #clear}. */
    public static void serves(String user) {
        MDC.put(PRINCIPAL, user);
    }

    /** This Java thread does nobody's work any more. */
    public static void clear() {
        MDC.clear();
    }
}
