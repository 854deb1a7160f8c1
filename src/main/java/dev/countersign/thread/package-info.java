/**
 * Threads, their events and leases: who owns a conversation or job, where its head is, what is still to be delivered.
 * Events enter, leases and counters leave. May import {@code core}, {@code config}, {@code db}.
 */
@NullMarked
package dev.countersign.thread;

import org.jspecify.annotations.NullMarked;
