package dev.countersign.server;

import java.time.Duration;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Jetty's threads, none of which can be interrupted: Jetty interrupts at a stop whatever still serves, and an interrupt in
 * the middle of a read or write makes H2 close the whole store, under turns that have yet to come to rest. A stop waits for
 * what is being served, {@link #PATIENCE} at most.
 */
final class PatientPool extends QueuedThreadPool {
    static final Duration PATIENCE = Duration.ofSeconds(10);

    PatientPool() {
        setName("http");
        setDaemon(true);
        setStopTimeout(PATIENCE.toMillis());
    }

    @Override
    public Thread newThread(Runnable work) {
        Thread thread = new Thread(work) {
            @Override
            public void interrupt() {
                // See above; Jetty's own waits end by its queue as well.
            }
        };
        thread.setDaemon(isDaemon());
        thread.setName(getName() + "-" + thread.getId());
        return thread;
    }
}
