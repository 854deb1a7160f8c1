package dev.countersign.cli;

import java.util.concurrent.CountDownLatch;

/** How a serving command ends: the process is told to stop, and what it runs is closed before it is gone. */
final class Stop {
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private Stop() {}

    static void whenTold(Runnable close) {
        Runtime.getRuntime().addShutdownHook(new Thread(close, "stop"));
    }

    /** Serves on; only the end of the process ends this. */
    static void await() throws InterruptedException {
        NEVER.await();
    }
}
