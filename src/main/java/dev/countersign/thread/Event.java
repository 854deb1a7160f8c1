package dev.countersign.thread;

import java.time.Instant;

/**
 * A delivered-once row of a thread.
 *
 * @param seq from 1 in each thread, without gaps
 */
public record Event(String threadId, long seq, EventKind kind, String body, Instant at) {}
