package dev.countersign.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A worker that leaves and somebody who asks at that moment: one of the two sees to it. */
final class RunningThreadsTest {
    private static final String ID = "thread";
    private static final int ROUNDS = 200_000;
    private static final long PATIENCE_NANOS = 5_000_000_000L;

    private final RunningThreads running = new RunningThreads();
    private final AtomicInteger stored = new AtomicInteger();
    private final AtomicInteger seen = new AtomicInteger();

    @Test
    void whoAsksAsTheWorkerLeaves_isSeen() {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        int forgotten = 0;
        for (int round = 1; round <= ROUNDS && forgotten == 0; round++) {
            stored.set(round);
            if (running.ask(ID)) {
                pool.execute(this::work);
            }
            // As whoever was just told of a turn's end says the next thing at once, while the worker is about to leave.
            forgotten = isSeen(round) ? 0 : round;
        }
        pool.shutdown();

        assertThat(forgotten).as("the first round that nobody looked at").isZero();
    }

    private void work() {
        do {
            running.looks(ID);
            seen.set(stored.get());
        } while (running.isAskedAgain(ID));
    }

    private boolean isSeen(int round) {
        long began = System.nanoTime();
        while (seen.get() < round) {
            if (System.nanoTime() - began > PATIENCE_NANOS) {
                return false;
            }
            Thread.onSpinWait();
        }
        return true;
    }

    @Test
    void oneWorkerIsSent_andLooksAgainForWhoeverAskedMeanwhile() {
        assertThat(running.ask(ID)).isTrue();
        running.looks(ID);
        assertThat(running.ask(ID)).isFalse();
        assertThat(running.isAskedAgain(ID)).isTrue();

        running.looks(ID);
        assertThat(running.isAskedAgain(ID)).isFalse();

        assertThat(running.isEmpty()).isTrue();
        assertThat(running.ask(ID)).isTrue();
    }

    @Test
    void whereNoWorkerCouldBeSent_theNextToAskSendsOne() {
        assertThat(running.ask(ID)).isTrue();
        running.forget(ID);

        assertThat(running.ask(ID)).isTrue();
    }
}
