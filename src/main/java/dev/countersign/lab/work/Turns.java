package dev.countersign.lab.work;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.graph.AgentRuntime;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** W1, one growing thread, and W4, many at a time. Both check every turn within the time they measure. */
public final class Turns {
    /** Turns before W1, as the workload says; before W4 it is one of each thread. */
    public static final int WARM_UP = 20;

    private static final int WARM_UP_THREAD = 9;
    private static final int SLICE = 50;
    private static final List<Integer> WEIGHED = List.of(100, 500, 1_000, 2_000, 5_000, 10_000);
    private static final int THREADS = 64;
    private static final int TURNS_EACH = 20;
    private static final int WARM_THREADS = 1_000;

    private final Ground ground;
    private final Scene scene;
    private final int warmUp;

    /**
     * The two workloads.
     *
     * @param effects whether the tool counts as one that changes something, so that each call goes through the journal
     * @param warmUp how many turns the process has made before; {@link #WARM_UP} is what rivals have
     */
    public Turns(Ground ground, boolean effects, int warmUp) {
        this.ground = ground;
        this.warmUp = warmUp;
        this.scene = new Scene(ground.permit(), effects, () -> {});
    }

    /**
     * That many turns in one thread, after the others in another. The store is stopped in an orderly way, which compacts it, where its
     * size is told; that is outside of what is timed.
     */
    public ObjectNode one(String workload, int turns) throws InterruptedException {
        ground.with(scene, runtime -> {
            try (Talk warm = Talk.open(runtime, scene, Scene.PLAIN, WARM_UP_THREAD)) {
                for (int turn = 1; turn <= warmUp; turn++) {
                    warm.turn(turn);
                }
            }
        });
        long before = ground.store().bytes();
        Figures figures = new Figures("countersign", workload, ground.mode());
        Gauge gauge = new Gauge();
        String[] id = {""};
        while (gauge.count() < turns) {
            int until = Math.min(turns, nextWeighed(gauge.count()));
            ground.with(scene, runtime -> {
                try (Talk talk = id[0].isEmpty()
                        ? Talk.open(runtime, scene, Scene.PLAIN, 0)
                        : new Talk(runtime, scene, id[0], 0)) {
                    id[0] = talk.id();
                    while (gauge.count() < until) {
                        int turn = gauge.count() + 1;
                        gauge.measure(() -> talk.turn(turn));
                    }
                }
            });
            figures.put("disk_" + until, ground.store().bytes() - before);
        }
        return slices(figures.put("turns", turns).put("warm_up", warmUp), gauge).line();
    }

    private static int nextWeighed(int turn) {
        return WEIGHED.stream().filter(one -> one > turn).findFirst().orElse(Integer.MAX_VALUE);
    }

    static Figures slices(Figures figures, Gauge gauge) {
        for (int end : List.of(SLICE, 2 * SLICE, 500, 1_000)) {
            String slice = (end - SLICE + 1) + "_" + end;
            figures.put("ms_" + slice, gauge.wall(end - SLICE + 1, end));
            figures.put("cpu_" + slice, gauge.processor(end - SLICE + 1, end));
        }
        int all = gauge.count();
        return figures.put("ms_last50", gauge.wall(all - SLICE + 1, all))
                .put("cpu_last50", gauge.processor(all - SLICE + 1, all))
                .put("ms_max", gauge.wallQuantile(1))
                .put("total_s", gauge.totalSeconds());
    }

    /** 64 threads at the same time, each with 20 turns in its own order. */
    public ObjectNode many() throws InterruptedException {
        int each = Math.max(1, warmUp / THREADS);
        Figures figures = new Figures("countersign", "W4", ground.mode()).put("warm_up", (long) THREADS * each);
        ground.with(scene, runtime -> {
            together(THREADS, number -> turns(runtime, WARM_THREADS + number, each));
            double processor = Gauge.processorMillis();
            long began = System.nanoTime();
            together(THREADS, number -> turns(runtime, number, TURNS_EACH));
            double seconds = (System.nanoTime() - began) / 1e9;
            int all = THREADS * TURNS_EACH;
            figures.put("cpu_ms_turn", (Gauge.processorMillis() - processor) / all)
                    .put("turns_s", all / seconds)
                    .put("wall_s", seconds);
        });
        return figures.line();
    }

    private void turns(AgentRuntime runtime, int number, int turns) throws InterruptedException {
        try (Talk talk = Talk.open(runtime, scene, Scene.PLAIN, number)) {
            for (int turn = 1; turn <= turns; turn++) {
                talk.turn(turn);
            }
        }
    }

    /** Something that is done by one of several. */
    @FunctionalInterface
    interface Part {
        void run(int number) throws InterruptedException;
    }

    /** Lets that many begin at the same moment, and waits for all; the first failure is everybody's. */
    static void together(int count, Part part) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(count);
        CyclicBarrier start = new CyclicBarrier(count);
        try {
            List<Future<?>> parts = IntStream.range(0, count)
                    .<Future<?>>mapToObj(number -> pool.submit(() -> {
                        begin(start);
                        part.run(number);
                        return number;
                    }))
                    .toList();
            for (Future<?> one : parts) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a thread of the workload failed: " + e.getCause(), e.getCause());
        } finally {
            pool.shutdown();
        }
    }

    private static void begin(CyclicBarrier start) throws InterruptedException {
        try {
            start.await();
        } catch (BrokenBarrierException e) {
            throw new IllegalStateException("another thread of the workload did not begin", e);
        }
    }
}
