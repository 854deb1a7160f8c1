package dev.countersign.lab;

import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.Agents;
import dev.countersign.graph.Outfit;
import dev.countersign.graph.Pace;
import dev.countersign.graph.Ports;
import dev.countersign.permit.Permit;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * How long it takes from a reviewer's decision to the effect that waited for it, one at a time: from Permit's answer to the
 * reviewer to the call of the tool. It measures and asserts nothing. Used by one thread.
 */
public final class DecisionBench {
    private static final Principal REQUESTER = new Principal("henry");
    private static final String REVIEWER = "joe";
    private static final int PATIENCE_SECONDS = 60;

    private final Permit permit;
    private final AgentRuntime runtime;
    private final BlockingQueue<Long> dispatched;

    private DecisionBench(Permit permit, AgentRuntime runtime, BlockingQueue<Long> dispatched) {
        this.permit = permit;
        this.runtime = runtime;
        this.dispatched = dispatched;
    }

    /** A bench with a runtime of its own, over ports whose Permit is the emulator's family; close the runtime afterwards. */
    public static DecisionBench start(Ports ports, Pace pace) {
        BlockingQueue<Long> dispatched = new LinkedBlockingQueue<>();
        Outfit outfit = Gated.outfit(ports.permit(), user -> dispatched.add(System.nanoTime()));
        return new DecisionBench(ports.permit(), Agents.start(ports, List.of(outfit), pace, unused -> {}), dispatched);
    }

    /** The runtime, to be served and told of decisions. */
    public AgentRuntime runtime() {
        return runtime;
    }

    /**
     * Times in milliseconds, in order.
     *
     * @param lost decisions that had no effect within a minute
     */
    public record Times(List<Double> millis, int lost) {
        public Times {
            millis = millis.stream().sorted().toList();
        }

        /** The time that this share of the decisions did not exceed; NaN when there is none. */
        public double percentile(int percent) {
            int last = millis.size() - 1;
            return last < 0 ? Double.NaN : millis.get((int) Math.ceil(last * percent / 100.0));
        }
    }

    /**
     * Parks and decides that many times.
     *
     * @param pause waits between two decisions, so that the budget of requests is no part of the figure
     */
    public Times run(int decisions, Consumer<Duration> pause) throws InterruptedException {
        List<Double> millis = new ArrayList<>();
        int lost = 0;
        for (int i = 0; i < decisions; i++) {
            String request = park();
            pause.accept(Duration.ofSeconds(1));
            permit.approve(RequestKind.OPERATION, request, REVIEWER, null);
            long decided = System.nanoTime();
            Long sent = dispatched.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (sent == null) {
                lost++;
            } else {
                // The webhook may be faster than the answer to the reviewer.
                millis.add(Math.max(0, sent - decided) / 1e6);
            }
        }
        return new Times(millis, lost);
    }

    private String park() throws InterruptedException {
        String id =
                runtime.open(REQUESTER, Gated.NAME, ThreadKind.CHAT, "bench").id();
        Semaphore ended = new Semaphore(0);
        AgentRuntime.Subscription news = runtime.listen(REQUESTER, id, live -> {
            if (live.kind() == AgentRuntime.Live.Kind.TURN_ENDED) {
                ended.release();
            }
        });
        runtime.send(REQUESTER, id, "please drop the thing");
        ended.acquire();
        news.close();
        return Objects.requireNonNull(runtime.approvals(REQUESTER, id).get(0).requestId());
    }
}
