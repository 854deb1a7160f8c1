package dev.countersign.graph;

import dev.countersign.core.CountersignException;
import dev.countersign.thread.Lease;
import dev.countersign.thread.LostLease;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.ToolRunner;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs due threads, each by one worker at a time, keeps their leases alive, and tries a broken turn again a few times before a
 * person must look at it.
 */
final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final int TRIES = 4;
    private static final int SWEPT = 200;
    private static final Duration SWEEP = Duration.ofSeconds(5);
    private static final int STOP_SECONDS = 10;

    /** What a worker does with a thread whose lease it holds. */
    interface Work {
        void run(ThreadRow thread, Lease lease);

        void gaveUp(ThreadRow thread, String why);
    }

    private final Ports ports;
    private final Work work;
    private final ExecutorService pool;
    private final ScheduledExecutorService timer;
    private final Map<String, Boolean> running = new ConcurrentHashMap<>();
    private final Map<String, Lease> held = new ConcurrentHashMap<>();
    private final Map<String, Integer> failures = new ConcurrentHashMap<>();

    Workers(Ports ports, Work work, Pace pace) {
        this.ports = ports;
        this.work = work;
        AtomicInteger number = new AtomicInteger();
        this.pool =
                Executors.newFixedThreadPool(pace.workers(), job -> daemon(job, "turn-" + number.incrementAndGet()));
        this.timer = Executors.newScheduledThreadPool(2, job -> daemon(job, "timer-" + number.incrementAndGet()));
        every(pace.lease().dividedBy(3), this::renewHeld);
        every(SWEEP, this::sweep);
    }

    private static Thread daemon(Runnable job, String name) {
        Thread thread = new Thread(job, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Does something again and again, also after it has failed. */
    void every(Duration pause, Runnable what) {
        var unused = timer.scheduleWithFixedDelay(() -> guarded(what), 0, pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Does something once, after a pause, off the caller's thread. */
    void soon(Duration pause, Runnable what) {
        try {
            var unused = timer.schedule(() -> guarded(what), pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("stopping: left for the next start");
        }
    }

    private static void guarded(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException e) {
            LOG.atWarn().log("a background task failed and will be done again", e);
        }
    }

    private void sweep() {
        ports.leases().due(SWEPT).forEach(this::wake);
    }

    /** Lets a thread run if anything is due there; called for a running one, it is looked at again afterwards. */
    void wake(String threadId) {
        // true: somebody asked again while it ran.
        Boolean before = running.putIfAbsent(threadId, false);
        if (before != null) {
            running.computeIfPresent(threadId, (id, asked) -> true);
            return;
        }
        try {
            pool.execute(() -> runUntilQuiet(threadId));
        } catch (RejectedExecutionException e) {
            running.remove(threadId);
        }
    }

    private void runUntilQuiet(String threadId) {
        boolean again = true;
        while (again) {
            running.put(threadId, false);
            runOnce(threadId);
            // Atomically: leave, unless somebody asked while we ran.
            again = running.computeIfPresent(threadId, (id, asked) -> asked ? true : null) != null;
        }
    }

    private void runOnce(String threadId) {
        Optional<Lease> lease = ports.leases().take(threadId);
        if (lease.isEmpty()) {
            return;
        }
        held.put(threadId, lease.get());
        ThreadRow thread = ports.threads().get(threadId);
        try {
            work.run(thread, lease.get());
            failures.remove(threadId);
        } catch (RuntimeException e) {
            broken(thread, lease.get(), e);
        } finally {
            held.remove(threadId);
            ports.leases().drop(lease.get());
        }
    }

    private void broken(ThreadRow thread, Lease lease, RuntimeException failure) {
        if (isLostLease(failure)) {
            LOG.atInfo().addKeyValue("thread", thread.id()).log("another node runs this thread now");
            return;
        }
        int count = failures.merge(thread.id(), 1, Integer::sum);
        LOG.atError()
                .addKeyValue("thread", thread.id())
                .addKeyValue("try", count)
                .log("a turn broke off", failure);
        if (count >= TRIES) {
            failures.remove(thread.id());
            ports.leases().setAside(lease, ThreadStatus.NEEDS_ATTENTION);
            work.gaveUp(ports.threads().get(thread.id()), "The turn broke off " + count + " times: " + root(failure));
        }
        // Otherwise the thread stays due, and the sweep comes back to it.
    }

    private static boolean isLostLease(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            boolean toldByTools =
                    cause instanceof CountersignException e && e.code().equals(ToolRunner.LEASE_LOST);
            if (cause instanceof LostLease || toldByTools) {
                return true;
            }
        }
        return false;
    }

    private static String root(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }

    private void renewHeld() {
        for (Lease lease : held.values()) {
            try {
                ports.leases().renew(lease);
            } catch (LostLease e) {
                LOG.atInfo()
                        .addKeyValue("thread", lease.threadId())
                        .log("the lease is lost; its turn will stop by itself");
            }
        }
    }

    /**
     * Starts nothing new and waits a while for what runs; what is broken off is found again at the next start. Nothing is
     * interrupted: an interrupt in the middle of a write makes H2 close the whole store.
     */
    void stop() {
        timer.shutdown();
        pool.shutdown();
        try {
            boolean quiet = timer.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)
                    && pool.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
            if (!quiet) {
                LOG.warn("stopped while turns were running; they go on at the next start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
