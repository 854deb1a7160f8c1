package dev.countersign.mcpserver;

import java.net.URI;

/** A server that takes calls. Safe for use by many threads. */
public interface RunningMcp extends AutoCloseable {
    /** Where it listens; over stdio {@code stdio:}. */
    URI uri();

    /** Waits until it has ended: its host has gone, or it was closed. */
    void join() throws InterruptedException;

    /** Ends it; closing twice is no error. */
    @Override
    void close();
}
