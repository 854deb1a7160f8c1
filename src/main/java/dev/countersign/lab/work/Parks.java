package dev.countersign.lab.work;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.permit.RequestKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * W2, park and resume: each thread asks for an approval that is filed at Permit, and goes on when its reviewer has decided there
 * and the runtime was told to look. Ours alone is also measured with several clients at a time.
 */
public final class Parks {
    /** Runs before those that are measured, as the workload says. */
    public static final int WARM_UP = 100;

    private static final int WARM_NUMBERS = 1_000_000;

    private final Ground ground;
    private final Scene scene;
    private final String reviewer;
    private final int clients;
    private final int warmUp;

    /**
     * The workload.
     *
     * @param reviewer who decides them there
     * @param clients how many people do this at the same time
     * @param warmUp how many runs the process has made before; {@link #WARM_UP} is what rivals have
     */
    public Parks(Ground ground, String reviewer, int clients, int warmUp) {
        this(ground, new Scene(ground.permit(), true, () -> {}), reviewer, clients, warmUp);
    }

    /** The same with a scene that is there. */
    Parks(Ground ground, Scene scene, String reviewer, int clients, int warmUp) {
        this.ground = ground;
        this.scene = scene;
        this.reviewer = reviewer;
        this.clients = clients;
        this.warmUp = warmUp;
    }

    private record Parked(String thread, int number, String request) {}

    /** Parks that many threads, then resumes them in order. Sizes are taken after an orderly stop, which compacts. */
    public ObjectNode run(int runs) throws InterruptedException {
        ground.with(scene, this::warmUp);
        long disk0 = ground.store().bytes();
        Figures figures = new Figures("countersign", "W2", ground.mode())
                .put("n", runs)
                .put("clients", clients)
                .put("warm_up", warmUp);
        List<Parked> parked = new ArrayList<>();
        long[] heap = new long[2];
        ground.with(scene, runtime -> {
            heap[0] = Gauge.heap();
            long resident = Gauge.resident();
            double processor = Gauge.processorMillis();
            Gauge all = new Gauge();
            all.measure(() -> parked.addAll(park(runtime, runs, figures)));
            figures.put("parks_s", runs / all.totalSeconds())
                    .put("cpu_ms_park", (Gauge.processorMillis() - processor) / runs);
            heap[1] = Gauge.heap();
            figures.put("rss_mb", Gauge.resident() / 1048576.0)
                    .put("rss_per_run", (Gauge.resident() - resident) / runs)
                    .put("heap_per_run", (heap[1] - heap[0]) / runs)
                    .put("text_per_parked", text(runtime, parked.get(0)));
        });
        figures.put("disk_per_parked", (ground.store().bytes() - disk0) / runs);
        ground.with(scene, runtime -> {
            double processor = Gauge.processorMillis();
            Gauge all = new Gauge();
            all.measure(() -> resume(runtime, parked, figures));
            figures.put("resumes_s", runs / all.totalSeconds())
                    .put("cpu_ms_resume", (Gauge.processorMillis() - processor) / runs);
        });
        return figures.put("disk_per_finished", (ground.store().bytes() - disk0) / runs)
                .line();
    }

    /** What the process does before it is measured, with a runtime of this scene. */
    void warmUp(AgentRuntime runtime) throws InterruptedException {
        for (int i = 0; i < warmUp; i++) {
            resume(runtime, park(runtime, WARM_NUMBERS + i));
        }
    }

    private Parked park(AgentRuntime runtime, int number) throws InterruptedException {
        try (Talk talk = Talk.open(runtime, scene, Scene.GATED, number)) {
            return new Parked(talk.id(), number, talk.park());
        }
    }

    private void resume(AgentRuntime runtime, Parked parked) throws InterruptedException {
        try (Talk talk = new Talk(runtime, scene, parked.thread, parked.number)) {
            ground.permit().approve(RequestKind.OPERATION, parked.request, reviewer, null);
            runtime.wake(parked.request);
            talk.resumed();
        }
    }

    private List<Parked> park(AgentRuntime runtime, int runs, Figures figures) throws InterruptedException {
        Parked[] parked = new Parked[runs];
        shared(runs, "park", figures, number -> parked[number] = park(runtime, number));
        return List.of(parked);
    }

    private void resume(AgentRuntime runtime, List<Parked> parked, Figures figures) throws InterruptedException {
        shared(parked.size(), "resume", figures, number -> resume(runtime, parked.get(number)));
    }

    /** Each of the clients takes the next one that is left. */
    private void shared(int runs, String name, Figures figures, Turns.Part part) throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        List<Gauge> gauges = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            gauges.add(new Gauge());
        }
        Turns.together(clients, client -> {
            for (int number = next.getAndIncrement(); number < runs; number = next.getAndIncrement()) {
                int mine = number;
                gauges.get(client).measure(() -> part.run(mine));
            }
        });
        List<Double> all =
                gauges.stream().flatMap(gauge -> gauge.wall().stream()).toList();
        figures.put(name + "_p50", Gauge.quantile(all, 0.5))
                .put(name + "_p99", Gauge.quantile(all, 0.99))
                .put(name + "_max", Gauge.quantile(all, 1));
    }

    /** How many characters the messages of a parked thread have, arguments included. */
    private static long text(AgentRuntime runtime, Parked parked) {
        return runtime.transcript(Talk.USER, parked.thread, 0, 100).stream()
                .mapToLong(entry -> entry.text().length()
                        + entry.calls().stream()
                                .mapToLong(call -> call.arguments().length())
                                .sum())
                .sum();
    }
}
