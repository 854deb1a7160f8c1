package dev.countersign.graph;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;

/**
 * How far an agent may go.
 *
 * @param steps model calls in one turn of a chat
 * @param jobSteps model calls in one job
 * @param turnTime working time of one turn of a chat
 * @param jobTime working time of one job; waiting for people does not count
 * @param window messages of a chat that the model is shown at most; of a job it is up to 2,000
 * @param windowTokens of them as many of the newest as have about so many tokens ({@link Tokens}); 0 is without a bound, as in
 *     recordings that were made before there was one
 * @param callsPerStep tool calls in one message of the model
 * @param summaryTokens how long the summary of what no longer fits into the window is at most, in tokens of the same kind; 0 is
 *     without a summary
 */
public record Limits(
        int steps,
        int jobSteps,
        Duration turnTime,
        Duration jobTime,
        int window,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) int windowTokens,
        int callsPerStep,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) int summaryTokens) {
    /** What an agent file that says nothing gets. */
    public static final Limits DEFAULTS =
            new Limits(24, 120, Duration.ofMinutes(5), Duration.ofMinutes(30), 80, 100_000, 16);

    /** Without a summary. */
    public Limits(
            int steps,
            int jobSteps,
            Duration turnTime,
            Duration jobTime,
            int window,
            int windowTokens,
            int callsPerStep) {
        this(steps, jobSteps, turnTime, jobTime, window, windowTokens, callsPerStep, 0);
    }

    /** The same with a summary of at most so many tokens. */
    public Limits summing(int tokens) {
        return new Limits(steps, jobSteps, turnTime, jobTime, window, windowTokens, callsPerStep, tokens);
    }
}
