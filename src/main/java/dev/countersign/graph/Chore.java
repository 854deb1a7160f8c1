package dev.countersign.graph;

import java.time.Duration;

/**
 * Something to be done again and again while agents run, on one node of the cluster at a time.
 *
 * @param name the same on all nodes
 * @param pause between the end of one go and the next
 * @param task safe to run twice; must not wait for somebody outside
 */
public record Chore(String name, Duration pause, Runnable task) {}
