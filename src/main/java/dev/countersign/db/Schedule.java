package dev.countersign.db;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Named tasks that run again and again, each on one node of the cluster at a time. A task that fails is run again after its
 * pause; one whose node died or stopped answering is taken over by another within {@link #TAKEN_OVER}, so it must be safe to
 * run twice. Pauses are real time, between the end of a run and the next. Nothing is ever interrupted: an interrupt in the
 * middle of a write makes H2 close the whole store.
 *
 * <p>Where the store has one owner, a task with a pause under {@link #SHORT} runs on a timer of this process: no other node
 * could take it, and the scheduler would write two commits a run, for good. Safe for use by many threads.
 */
public final class Schedule implements AutoCloseable {
    /** How long after the death of its node a running task is due again elsewhere, at most. */
    public static final Duration TAKEN_OVER = Duration.ofSeconds(15);

    static final Duration SHORT = Duration.ofSeconds(30);
    private static final Logger LOG = LoggerFactory.getLogger(Schedule.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(2);
    private static final int MISSED_BEATS = 4;
    private static final Duration SHORTEST_POLL = Duration.ofMillis(25);
    private static final Duration LONGEST_POLL = Duration.ofSeconds(5);
    private static final Duration STOP_WAIT = Duration.ofSeconds(5);
    private static final int THREADS = 3;

    private final Database database;
    private final String node;
    private final Duration heartbeat;
    private final List<RecurringTask<Void>> shared = new ArrayList<>();
    private final List<Local> local = new ArrayList<>();
    private Duration shortest = LONGEST_POLL.multipliedBy(4);
    private @Nullable Scheduler scheduler;
    private @Nullable ScheduledThreadPoolExecutor timer;

    private record Local(Duration pause, Runnable task) {}

    private Schedule(Database database, String node, Duration heartbeat) {
        this.database = database;
        this.node = node;
        this.heartbeat = heartbeat;
    }

    /**
     * A schedule of the cluster that shares the store; nothing runs before {@link #start}.
     *
     * @param node unique name of this process
     */
    public static Schedule over(Database database, String node) {
        return new Schedule(database, node, HEARTBEAT);
    }

    static Schedule over(Database database, String node, Duration heartbeat) {
        return new Schedule(database, node, heartbeat);
    }

    /**
     * Adds a task, before {@link #start}.
     *
     * @param name the same on all nodes
     * @param pause between the end of a run and the next, wherever that is; the first run of all is at once
     */
    public synchronized void every(String name, Duration pause, Runnable task) {
        if (scheduler != null || timer != null) {
            throw new IllegalStateException("task " + name + " comes after the start");
        }
        Runnable guarded = () -> guarded(name, task);
        if (database.isExclusive() && pause.compareTo(SHORT) < 0) {
            local.add(new Local(pause, guarded));
            return;
        }
        shortest = pause.compareTo(shortest) < 0 ? pause : shortest;
        shared.add(Tasks.recurring(name, FixedDelay.of(pause)).execute((instance, context) -> guarded.run()));
    }

    private static void guarded(String name, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("task", name).log("a background task failed and will be done again", e);
        }
    }

    /** Starts what was added. */
    public synchronized void start() {
        if (!local.isEmpty()) {
            ScheduledThreadPoolExecutor started = new GentleTimer(local.size(), named("local-task"));
            for (Local one : local) {
                var unused = started.scheduleWithFixedDelay(one.task, 0, one.pause.toMillis(), TimeUnit.MILLISECONDS);
            }
            timer = started;
        }
        if (!shared.isEmpty()) {
            scheduler = scheduler();
            scheduler.start();
        }
    }

    private Scheduler scheduler() {
        Gentle due = new Gentle(1, named("schedule"));
        Scheduler made = Scheduler.create(database.source())
                .startTasks(shared)
                .schedulerName(new SchedulerName.Fixed(node))
                .pollingInterval(poll())
                .heartbeatInterval(heartbeat)
                .missedHeartbeatsLimit(MISSED_BEATS)
                .threads(THREADS)
                .executorService(new Gentle(THREADS, named("task")))
                .dueExecutor(due)
                .housekeeperExecutor(new GentleTimer(2, named("heartbeat")))
                .shutdownMaxWait(STOP_WAIT)
                .build();
        due.instead = made::triggerCheckForDueExecutions;
        return made;
    }

    /** A look is one SELECT; four in the shortest pause keep a task within a quarter of it. */
    private Duration poll() {
        Duration quarter = shortest.dividedBy(4);
        return quarter.compareTo(SHORTEST_POLL) < 0 ? SHORTEST_POLL : quarter;
    }

    private static ThreadFactory named(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return job -> {
            Thread thread = new Thread(job, prefix + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Starts nothing new, and waits a few seconds for what runs. */
    @Override
    public synchronized void close() {
        if (scheduler != null) {
            scheduler.stop();
        }
        if (timer != null) {
            timer.shutdown();
            try {
                if (!timer.awaitTermination(STOP_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                    LOG.warn("stopped while a background task was running; it ends by itself");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A pool that interrupts nobody, whatever the library asks for; its one that sleeps between looks is woken instead. */
    private static final class Gentle extends ThreadPoolExecutor {
        volatile Runnable instead = () -> {};

        Gentle(int threads, ThreadFactory factory) {
            super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        }

        @Override
        public List<Runnable> shutdownNow() {
            shutdown();
            instead.run();
            return List.of();
        }
    }

    /** The same for what comes again and again. */
    private static final class GentleTimer extends ScheduledThreadPoolExecutor {
        GentleTimer(int threads, ThreadFactory factory) {
            super(threads, factory);
        }

        @Override
        public List<Runnable> shutdownNow() {
            shutdown();
            return List.of();
        }
    }
}
