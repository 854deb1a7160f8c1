package dev.countersign.graph;

import dev.countersign.core.CountersignException;
import dev.countersign.core.LogContext;
import dev.countersign.thread.Event;
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
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs due threads, each by one worker at a time, keeps their leases alive, and tries a broken turn again, ever more rarely; after
 * a few times a person is told to look at it.
 */
final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final int TRIES = 4;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final int SWEPT = 200;
    private static final Duration SWEEP = Duration.ofSeconds(5);
    private static final int STOP_SECONDS = 10;

    /** What a worker does with a thread whose lease it holds. */
    interface Work {
        /**
         * Runs what is due.
         *
         * @param accepted an event of the thread that was accepted here and may be its next; null for none
         * @return whether the lease was given back already
         */
        boolean run(ThreadRow thread, Lease lease, @Nullable Event accepted);

        void gaveUp(ThreadRow thread, String why);
    }

    private final Ports ports;
    private final Work work;
    private final ExecutorService pool;
    private final ScheduledExecutorService timer;

    /** Apart from the timer: asking Permit may take long, and a lease that is not renewed meanwhile would be lost. */
    private final ScheduledExecutorService looks;

    private final RunningThreads running = new RunningThreads();
    private final Map<String, Lease> held = new ConcurrentHashMap<>();
    private final Map<String, Integer> failures = new ConcurrentHashMap<>();

    Workers(Ports ports, Work work, Pace pace) {
        this.ports = ports;
        this.work = work;
        AtomicInteger number = new AtomicInteger();
        this.pool =
                Executors.newFixedThreadPool(pace.workers(), job -> daemon(job, "turn-" + number.incrementAndGet()));
        this.timer = scheduled(2, job -> daemon(job, "timer-" + number.incrementAndGet()));
        this.looks = scheduled(1, job -> daemon(job, "looks"));
        every(timer, pace.lease().dividedBy(3), this::renewHeld);
        every(timer, SWEEP, this::sweep);
    }

    /** Without the rule below a stop would wait for every look and every second try that is due later. */
    private static ScheduledExecutorService scheduled(int threads, ThreadFactory factory) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(threads, factory);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }

    private static Thread daemon(Runnable job, String name) {
        Thread thread = new Thread(job, name);
        thread.setDaemon(true);
        return thread;
    }

    private static void every(ScheduledExecutorService on, Duration pause, Runnable what) {
        var unused = on.scheduleWithFixedDelay(() -> guarded(what), 0, pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Looks at Permit once, after a pause, off the caller's thread. */
    void lookSoon(Duration pause, Runnable what) {
        try {
            var unused = looks.schedule(() -> guarded(what), pause.toMillis(), TimeUnit.MILLISECONDS);
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

    /** Each node for itself, by one SELECT: it depends on no other node's life, and what is found spreads over all. */
    private void sweep() {
        ports.leases().due(SWEPT).forEach(this::wake);
    }

    /** Lets a thread run if anything is due there; called for a running one, it is looked at again afterwards. */
    void wake(String threadId) {
        wake(threadId, null);
    }

    /** The same for a thread that has just accepted an event here, which need not be read again. */
    void wake(Event accepted) {
        wake(accepted.threadId(), accepted);
    }

    private void wake(String threadId, @Nullable Event accepted) {
        if (!running.ask(threadId)) {
            return;
        }
        try {
            pool.execute(() -> runUntilQuiet(threadId, accepted));
        } catch (RejectedExecutionException e) {
            running.forget(threadId);
        }
    }

    boolean isQuiet() {
        return running.isEmpty();
    }

    private void runUntilQuiet(String threadId, @Nullable Event accepted) {
        do {
            running.looks(threadId);
            try {
                runOnce(threadId, accepted);
            } catch (RuntimeException | Error e) {
                // Whatever it was must not leave the thread marked as running: nobody would ever run it again.
                LOG.atError().addKeyValue("thread", threadId).log("a thread could not be run; the sweep comes back", e);
            }
        } while (running.isAskedAgain(threadId));
    }

    private void runOnce(String threadId, @Nullable Event accepted) {
        Optional<ThreadRow> taken = ports.leases().take(threadId, ports.threads());
        if (taken.isEmpty()) {
            return;
        }
        ThreadRow thread = taken.get();
        Lease lease = new Lease(threadId, thread.fence());
        held.put(threadId, lease);
        boolean gaveBack = false;
        try {
            gaveBack = LogContext.thread(threadId, thread.owner(), () -> runOnce(thread, lease, accepted));
        } finally {
            held.remove(threadId);
            if (gaveBack) {
                ports.leases().gaveBack(lease);
            } else {
                ports.leases().drop(lease);
            }
        }
        if (!gaveBack && !ports.database().isExclusive() && ports.leases().isDue(threadId)) {
            // Another node accepted an event when this one was about to end, and could not take the lease: it is ours
            // to see.
            running.lookAgain(threadId);
        }
    }

    private boolean runOnce(ThreadRow thread, Lease lease, @Nullable Event accepted) {
        try {
            boolean gaveBack = work.run(thread, lease, accepted);
            failures.remove(thread.id());
            return gaveBack;
        } catch (RuntimeException | Error e) {
            broken(thread, lease, e);
            return false;
        }
    }

    /** The thread stays due: the sweep comes back to it after a pause that doubles each time, an event or a start at once. */
    private void broken(ThreadRow thread, Lease lease, Throwable failure) {
        if (isLostLease(failure)) {
            LOG.atInfo().addKeyValue("thread", thread.id()).log("another node runs this thread now");
            return;
        }
        int count = failures.merge(thread.id(), 1, Integer::sum);
        LOG.atError()
                .addKeyValue("thread", thread.id())
                .addKeyValue("try", count)
                .log("a turn broke off", failure);
        boolean needsAttention = count >= TRIES;
        Duration pause = pauseAfter(count);
        boolean ours = ports.leases()
                .setAside(lease, needsAttention ? ThreadStatus.NEEDS_ATTENTION : null, pause, tx -> {
                    if (count == TRIES) {
                        ports.notifications().needsAttention(tx, thread);
                    }
                });
        if (!ours) {
            // A node that stood still past its lease finds its connections broken before it hears of the new owner.
            failures.remove(thread.id());
            LOG.atInfo().addKeyValue("thread", thread.id()).log("another node has taken this thread over");
            return;
        }
        wakeLater(thread.id(), pause);
        if (count == TRIES) {
            work.gaveUp(ports.threads().get(thread.id()), "The turn broke off " + count + " times: " + root(failure));
        }
    }

    private void wakeLater(String threadId, Duration pause) {
        try {
            var unused = timer.schedule(() -> wake(threadId), pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("stopping: left for the next start");
        }
    }

    private static Duration pauseAfter(int failures) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, 20));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
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
            } catch (RuntimeException e) {
                // One that could not be renewed must not keep the others from it.
                LOG.atWarn().addKeyValue("thread", lease.threadId()).log("a lease could not be renewed", e);
            }
        }
    }

    /**
     * Starts nothing new and waits a while for what runs; what is broken off is found again at the next start. Nothing is
     * interrupted: an interrupt in the middle of a write makes H2 close the whole store.
     */
    void stop() {
        timer.shutdown();
        looks.shutdown();
        pool.shutdown();
        try {
            boolean quiet = timer.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)
                    && looks.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)
                    && pool.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
            if (!quiet) {
                LOG.warn("stopped while turns were running; they go on at the next start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
