package dev.countersign.thread;

/**
 * The right to run one thread for a while. Every write that leads to an act names it and is refused once a newer one exists.
 *
 * @param fence rises with every lease of the thread
 */
public record Lease(String threadId, long fence) {}
