package dev.countersign.lab;

import dev.countersign.approval.Watcher;
import dev.countersign.core.IdSource;
import dev.countersign.core.Principal;
import dev.countersign.db.Database;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.Agents;
import dev.countersign.graph.Pace;
import dev.countersign.graph.Ports;
import dev.countersign.permit.RequestKind;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What many parked threads cost: one process over one store, started as a server starts it, with a Permit in the same process
 * that counts what it is asked. It measures and asserts nothing.
 */
public final class ParkedBench {
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final int WORKERS = 12;
    private static final int DECIDED_MAX = 100;
    private static final int FINISH_SECONDS = 300;
    private static final double MEGABYTE = 1024.0 * 1024.0;

    private final Supplier<Database> store;
    private final QuietPermit permit;
    private final Clock clock;
    private final IdSource ids;
    private final Watcher.Pace asking;

    /**
     * A bench.
     *
     * @param store opens the same store each time it is called
     */
    public ParkedBench(Supplier<Database> store, Clock clock, IdSource ids, Watcher.Pace asking) {
        this.store = store;
        this.clock = clock;
        this.ids = ids;
        this.asking = asking;
        this.permit = new QuietPermit(clock, ids);
    }

    /**
     * What was measured.
     *
     * @param fillSeconds to write the threads and close the store
     * @param serveSeconds from opening the store to the first answer about a thread
     * @param javaThreadsBefore live threads of the process before the runtime was started
     * @param javaThreadsAfter the same after a minute of serving; the runtime's own are {@code WORKERS} and a handful
     * @param heapMegabytes after a full collection, while everything is parked; the counting Permit is part of it
     * @param callsInMinute requests sent to Permit in the first minute, in which everything is due
     * @param decided how many were then approved, with a wake-up each
     * @param finished how many of them had their effect within {@code finishSeconds}
     */
    public record Result(
            int threads,
            double fillSeconds,
            double serveSeconds,
            int javaThreadsBefore,
            int javaThreadsAfter,
            double heapMegabytes,
            long callsInMinute,
            int callsAllowed,
            int decided,
            int finished,
            double finishSeconds) {}

    /** Parks that many, starts anew and measures; takes a minute and the time to write them. */
    public Result run(int threads, Consumer<Duration> pause) throws InterruptedException {
        long began = System.nanoTime();
        List<String> requests;
        try (Database database = store.get()) {
            requests = new ParkedThreads(ports(database), permit).park(threads);
        }
        double fill = seconds(began);
        int before = javaThreads();
        long started = System.nanoTime();
        Semaphore dispatched = new Semaphore(0);
        try (Database database = store.get();
                AgentRuntime runtime = start(database, dispatched)) {
            long asked = permit.asked();
            runtime.threads(new Principal("user0"), null, 1);
            double serve = seconds(started);
            pause.accept(Duration.ofMinutes(1));
            long calls = permit.asked() - asked;
            int after = javaThreads();
            double heap = heap();
            long decidedAt = System.nanoTime();
            int decided = decide(runtime, requests);
            int finished = 0;
            while (finished < decided
                    && seconds(decidedAt) < FINISH_SECONDS
                    && dispatched.tryAcquire(FINISH_SECONDS, TimeUnit.SECONDS)) {
                finished++;
            }
            return new Result(
                    threads,
                    fill,
                    serve,
                    before,
                    after,
                    heap,
                    calls,
                    asking.callsPerMinute(),
                    decided,
                    finished,
                    seconds(decidedAt));
        }
    }

    private Ports ports(Database database) {
        return Ports.over(database, permit, clock, ids, LEASE, asking);
    }

    private AgentRuntime start(Database database, Semaphore dispatched) {
        return Agents.start(
                ports(database),
                List.of(Gated.outfit(permit, user -> dispatched.release())),
                new Pace(asking.shortestWait(), LEASE, WORKERS),
                unused -> {});
    }

    private static int javaThreads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    private int decide(AgentRuntime runtime, List<String> requests) {
        List<String> chosen = new ArrayList<>();
        int step = Math.max(1, requests.size() / DECIDED_MAX);
        for (int i = 0; i < requests.size() && chosen.size() < DECIDED_MAX; i += step) {
            chosen.add(requests.get(i));
        }
        for (String request : chosen) {
            String requester = permit.approve(RequestKind.OPERATION, request, QuietPermit.REVIEWER, null)
                    .requester();
            runtime.wakeFor(requester);
        }
        return chosen.size();
    }

    private static double heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MEGABYTE;
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
