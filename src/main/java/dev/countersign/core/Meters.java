package dev.countersign.core;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the program counts about itself, each thing under its one name. Without a registry that listens (a server adds one) it
 * costs next to nothing. Tags take values from small sets only: no user, no thread, no text of anybody. Safe for use by many
 * threads; never throws.
 */
public final class Meters {
    private static final Duration[] SHORT = millis(1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000);
    private static final Duration[] LONG = millis(50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 120_000);

    private Meters() {}

    private static Duration[] millis(int... values) {
        Duration[] durations = new Duration[values.length];
        for (int i = 0; i < values.length; i++) {
            durations[i] = Duration.ofMillis(values[i]);
        }
        return durations;
    }

    /** A stretch of a turn, from an event or a crash to the next rest. */
    public static void turn(String outcome, Duration took) {
        timer("countersign.turn", "Turns, to the next rest", LONG, "outcome", outcome)
                .record(took);
    }

    /** A tool call that was made, or a request that was filed. */
    public static void toolCall(String tool, String outcome, Duration took) {
        timer("countersign.tool.call", "Tool calls that were made", LONG, "tool", tool, "outcome", outcome)
                .record(took);
    }

    /** A tool call that the gate refused; its name is the model's word, so it is no tag. */
    public static void refusedCall() {
        Metrics.counter("countersign.tool.refused").increment();
    }

    /**
     * One request to Permit.
     *
     * @param answer its HTTP status, or {@code no answer}
     */
    public static void permitCall(String answer, Duration took) {
        timer("countersign.permit.call", "Requests to Permit", LONG, "answer", answer)
                .record(took);
    }

    /** A wait for everything committed so far to be on disk. */
    public static void barrier(Duration took) {
        timer("countersign.barrier", "Waits for the disk", SHORT).record(took);
    }

    /** From the decision at Permit to its taking effect here; a clock at Permit that is ahead of ours counts as at once. */
    public static void decision(String state, Duration took) {
        timer("countersign.decision", "From a decision to its taking effect", LONG, "state", state)
                .record(took.isNegative() ? Duration.ZERO : took);
    }

    /** A figure that is looked up whenever somebody asks; null while there is none. */
    public static void gauge(String name, String words, Map<String, String> tags, Supplier<@Nullable Number> figure) {
        Gauge.Builder<Supplier<Number>> gauge = Gauge.builder(name, figure).description(words);
        tags.forEach(gauge::tag);
        gauge.register(Metrics.globalRegistry);
    }

    private static Timer timer(String name, String words, Duration[] bounds, String... tags) {
        return Timer.builder(name)
                .description(words)
                .tags(tags)
                .serviceLevelObjectives(bounds)
                .register(Metrics.globalRegistry);
    }
}
