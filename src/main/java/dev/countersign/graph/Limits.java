package dev.countersign.graph;

import java.time.Duration;

/**
 * How far an agent may go.
 *
 * @param steps model calls in one turn of a chat
 * @param jobSteps model calls in one job
 * @param turnTime working time of one turn of a chat
 * @param jobTime working time of one job; waiting for people does not count
 * @param window messages of a chat that the model is shown at most; a job is shown whole, up to 2,000 messages
 * @param callsPerStep tool calls in one message of the model
 */
public record Limits(int steps, int jobSteps, Duration turnTime, Duration jobTime, int window, int callsPerStep) {
    /** What an agent file that says nothing gets. */
    public static final Limits DEFAULTS = new Limits(24, 120, Duration.ofMinutes(5), Duration.ofMinutes(30), 80, 16);
}
