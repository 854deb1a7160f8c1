package dev.countersign.replay;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Strict replays of many conversations beside each other: one on each processor, each with a store of its own, since a store costs
 * more to make than a dozen replays. What comes of each is the same as alone. Nobody is interrupted. Safe for use by many threads.
 */
public final class Replays {
    /** Fewer conversations than that are not worth another store. */
    private static final int SHARE_MIN = 8;

    private static final int WORKERS_MAX = 16;

    private Replays() {}

    /**
     * What came of some conversations.
     *
     * @param verdicts in the order they were given
     * @param took from the first turn to the last, without making the stores
     * @param worked time of processors that the threads of the replays took; zero where that is not told
     */
    public record Outcome(List<Verdict> verdicts, Duration took, Duration worked) {
        public Outcome {
            verdicts = List.copyOf(verdicts);
        }

        public boolean isEqual() {
            return verdicts.stream().allMatch(Verdict::isEqual);
        }

        public int turns() {
            return verdicts.stream().mapToInt(Verdict::turns).sum();
        }

        /** One line: how many, and how fast. */
        public String line() {
            long unequal =
                    verdicts.stream().filter(verdict -> !verdict.isEqual()).count();
            double seconds = Math.max(1, took.toNanos()) / 1e9;
            return String.format(
                    Locale.ROOT,
                    "%d conversations, %d turns, %d diverged; %.0f turns/s, %.2f ms of a processor a turn",
                    verdicts.size(),
                    turns(),
                    unequal,
                    turns() / seconds,
                    worked.toNanos() / 1e6 / Math.max(1, turns()));
        }
    }

    /** Replays all of them; on one thread when they are few. */
    public static Outcome of(List<Recording> recordings) {
        int workers = Math.min(Runtime.getRuntime().availableProcessors(), recordings.size() / SHARE_MIN);
        try (Crew crew = new Crew(Math.max(1, Math.min(WORKERS_MAX, workers)))) {
            return crew.run(recordings);
        }
    }

    /** Threads with their stores, which may replay again and again. For one user at a time. */
    public static final class Crew implements AutoCloseable {
        private final List<StrictReplay> stages = new ArrayList<>();
        private final ExecutorService threads;

        /** @param workers how many replay at the same time, at least one */
        public Crew(int workers) {
            AtomicInteger number = new AtomicInteger();
            this.threads = Executors.newFixedThreadPool(workers, work -> {
                Thread thread = new Thread(work, "replay-" + number.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            });
            for (int i = 0; i < workers; i++) {
                stages.add(new StrictReplay());
            }
        }

        public Outcome run(List<Recording> recordings) {
            Verdict[] verdicts = new Verdict[recordings.size()];
            AtomicInteger next = new AtomicInteger();
            long began = System.nanoTime();
            List<Future<Long>> running = new ArrayList<>();
            for (StrictReplay stage : stages) {
                running.add(threads.submit(() -> {
                    long busy = busyNanos();
                    for (int i = next.getAndIncrement(); i < verdicts.length; i = next.getAndIncrement()) {
                        verdicts[i] = stage.run(recordings.get(i));
                    }
                    return busyNanos() - busy;
                }));
            }
            long worked = 0;
            for (Future<Long> one : running) {
                worked += end(one);
            }
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            return new Outcome(List.of(verdicts), took, Duration.ofNanos(worked));
        }

        /** A replay is never left alone with its store, so an interrupt waits until it has ended. */
        private static long end(Future<Long> one) {
            boolean interrupted = false;
            try {
                while (true) {
                    try {
                        return one.get();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    } catch (ExecutionException e) {
                        throw new IllegalStateException("a replay ended without a verdict", e.getCause());
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private static long busyNanos() {
            ThreadMXBean times = ManagementFactory.getThreadMXBean();
            return times.isCurrentThreadCpuTimeSupported() ? times.getCurrentThreadCpuTime() : 0;
        }

        @Override
        public void close() {
            threads.shutdown();
            stages.forEach(StrictReplay::close);
        }
    }
}
