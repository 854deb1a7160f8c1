package dev.countersign.lab;

import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.Agents;
import dev.countersign.graph.Pace;
import dev.countersign.graph.Ports;
import dev.countersign.thread.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * How large the store's file becomes while turns run at full speed: each conversation sends its next message as soon as its turn
 * is over. It measures and asserts nothing.
 */
public final class GrowthBench {
    private static final Duration TICK = Duration.ofSeconds(10);
    private static final int WORKERS = 12;

    private final Ports ports;
    private final LongSupplier size;
    private final Consumer<Duration> pause;

    /**
     * A bench over ports whose Permit knows the user henry with a role.
     *
     * @param size of the file, in bytes
     * @param pause waits for the given time
     */
    public GrowthBench(Ports ports, LongSupplier size, Consumer<Duration> pause) {
        this.ports = ports;
        this.size = size;
        this.pause = pause;
    }

    /** How things stood after some seconds. */
    public record Sample(long seconds, long turns, long bytes) {}

    /** Runs turns in that many conversations for that long; {@code heard} gets a sample every ten seconds. */
    public void run(int conversations, Duration time, Consumer<Sample> heard) {
        Pace pace = new Pace(Duration.ofSeconds(5), Duration.ofSeconds(30), WORKERS);
        AtomicLong turns = new AtomicLong();
        AtomicBoolean goesOn = new AtomicBoolean(true);
        try (AgentRuntime runtime = Agents.start(ports, List.of(TurnBench.outfit()), pace, nothing -> {})) {
            List<AgentRuntime.Subscription> subscriptions = new ArrayList<>();
            for (int i = 0; i < conversations; i++) {
                subscriptions.add(talk(runtime, turns, goesOn));
            }
            for (long second = TICK.toSeconds(); second <= time.toSeconds(); second += TICK.toSeconds()) {
                pause.accept(TICK);
                heard.accept(new Sample(second, turns.get(), size.getAsLong()));
            }
            goesOn.set(false);
            subscriptions.forEach(AgentRuntime.Subscription::close);
        }
    }

    /** The end of each turn sends the next message, from the worker that ran it. */
    private static AgentRuntime.Subscription talk(AgentRuntime runtime, AtomicLong turns, AtomicBoolean goesOn) {
        String thread =
                runtime.open(TurnBench.USER, "bench", ThreadKind.CHAT, "bench").id();
        AgentRuntime.Subscription news = runtime.listen(TurnBench.USER, thread, live -> {
            if (live.kind() == AgentRuntime.Live.Kind.TURN_ENDED) {
                turns.incrementAndGet();
                if (goesOn.get()) {
                    runtime.send(TurnBench.USER, thread, "again " + TurnBench.FILLER);
                }
            }
        });
        runtime.send(TurnBench.USER, thread, "begin " + TurnBench.FILLER);
        return news;
    }
}
