package dev.countersign.graph;

import java.time.Duration;

/**
 * How a runtime paces itself.
 *
 * @param poll how often decisions are asked for at most
 * @param lease how long a turn may hold its thread without renewal
 * @param workers turns that run at the same time
 */
public record Pace(Duration poll, Duration lease, int workers) {}
