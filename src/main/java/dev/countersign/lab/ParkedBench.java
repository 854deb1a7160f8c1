package dev.countersign.lab;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Watcher;
import dev.countersign.core.IdSource;
import dev.countersign.core.Json;
import dev.countersign.core.Principal;
import dev.countersign.db.Database;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.Agents;
import dev.countersign.graph.Pace;
import dev.countersign.graph.Ports;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestKind;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What many parked threads cost. One process fills a store ({@link #fill}); a second one is started over it as a server is, and
 * measured ({@link #run}), with a Permit in it that works its requests out and counts what it is asked. It asserts nothing. Used by one thread.
 */
public final class ParkedBench implements AutoCloseable {
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration A_MINUTE = Duration.ofMinutes(1);
    /** A decision costs some eight requests to Permit, and half of what may be asked in a minute is for such. */
    private static final Duration BETWEEN = Duration.ofSeconds(3);

    private static final int WORKERS = 12;
    private static final int PATIENCE_SECONDS = 60;

    private final int threads;
    private final QuietPermit permit;
    private final Ports ports;
    private final AgentRuntime runtime;
    private final Watcher.Pace asking;
    private final BlockingQueue<String> dispatched;

    private ParkedBench(
            int threads, QuietPermit permit, Ports ports, Watcher.Pace asking, BlockingQueue<String> dispatched) {
        this.threads = threads;
        this.permit = permit;
        this.ports = ports;
        this.asking = asking;
        this.dispatched = dispatched;
        this.runtime = Agents.start(
                ports,
                List.of(Gated.outfit(permit, dispatched::add)),
                new Pace(asking.shortestWait(), LEASE, WORKERS),
                unused -> {});
    }

    /**
     * Fills an empty store.
     *
     * @return how quickly that went
     */
    public static ObjectNode fill(Database database, Clock clock, IdSource ids, int threads)
            throws InterruptedException {
        long began = System.nanoTime();
        QuietPermit permit = new QuietPermit(clock, () -> NumberedRequests.id(0));
        // Asked for again after a second: at the next start all of them are due.
        Ports ports = Ports.over(database, permit, clock, ids, LEASE, Duration.ofSeconds(1));
        new ParkedThreads(ports, permit).park(threads);
        double seconds = (System.nanoTime() - began) / 1e9;
        return Json.object()
                .put("threads", threads)
                .put("load_s", rounded(seconds))
                .put("loaded_per_s", rounded(threads / seconds));
    }

    /** Starts a runtime over a store that was filled with so many. */
    public static ParkedBench start(Database database, Clock clock, IdSource ids, int threads, Watcher.Pace asking) {
        Ports reading = Ports.over(database, new QuietPermit(clock, ids), clock, ids, LEASE, LEASE);
        var first = reading.approvals().byRequest(NumberedRequests.id(0));
        if (first.isEmpty()) {
            throw new IllegalStateException("expected a store that was filled with parked threads, got another one");
        }
        QuietPermit permit = new QuietPermit(
                clock,
                ids,
                new NumberedRequests(threads, first.get().wish(), first.get().createdAt()));
        Ports ports = Ports.over(database, permit, clock, ids, LEASE, asking);
        return new ParkedBench(threads, permit, ports, asking, new LinkedBlockingQueue<>());
    }

    /** The runtime, to be served and told of decisions. */
    public AgentRuntime runtime() {
        return runtime;
    }

    /** What it runs over. */
    public Ports ports() {
        return ports;
    }

    /** Answers as a server would that is asked for the newest thread of somebody. */
    public boolean serves() {
        return !runtime.threads(new Principal(NumberedRequests.user(0)), null, 1)
                .isEmpty();
    }

    /**
     * Measures: a minute in which everything is due, then decisions one by one, evenly spread over all threads.
     *
     * @param tell sends a webhook of a decision, of the requester whom Permit's id names
     * @param pause waits
     */
    public ObjectNode run(int decisions, Consumer<String> tell, Consumer<Duration> pause) throws InterruptedException {
        pause.accept(A_MINUTE);
        long calls = permit.asked();
        int javaThreads = ManagementFactory.getThreadMXBean().getThreadCount();
        long heap = heap();
        DecisionBench.Times times = decide(decisions, tell, pause);
        return Json.object()
                .put("permit_calls_first_minute", calls)
                .put("permit_calls_allowed", asking.callsPerMinute())
                .put("java_threads", javaThreads)
                .put("heap_mb", rounded(heap / 1024.0 / 1024.0))
                .put("heap_bytes_per_thread", rounded((double) heap / threads))
                .put("decisions", decisions)
                .put("lost", times.lost())
                .put("decision_ms_p50", rounded(times.percentile(50)))
                .put("decision_ms_p95", rounded(times.percentile(95)))
                .put("decision_ms_max", rounded(times.percentile(100)));
    }

    private DecisionBench.Times decide(int decisions, Consumer<String> tell, Consumer<Duration> pause)
            throws InterruptedException {
        List<Double> millis = new ArrayList<>();
        int lost = 0;
        for (long i = 0; i < decisions; i++) {
            String request = NumberedRequests.id(i * threads / decisions);
            long began = System.nanoTime();
            PermitRequest decided = permit.approve(RequestKind.OPERATION, request, QuietPermit.REVIEWER, null);
            tell.accept(decided.requester());
            if (dispatched.poll(PATIENCE_SECONDS, TimeUnit.SECONDS) == null) {
                lost++;
            } else {
                millis.add((System.nanoTime() - began) / 1e6);
            }
            pause.accept(BETWEEN);
        }
        return new DecisionBench.Times(millis, lost);
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static BigDecimal rounded(double value) {
        return BigDecimal.valueOf(value).setScale(1, RoundingMode.HALF_UP);
    }

    @Override
    public void close() {
        runtime.close();
    }
}
