package dev.countersign.db;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A sync shared by all that wait for one: whoever arrives while a sync runs waits for the next, since the running one may
 * have started before their commit. A failing sync fails everybody who waited for it.
 */
final class Barrier {
    private final Runnable sync;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private long arrived;
    private long covered;
    private boolean running;

    Barrier(Runnable sync) {
        this.sync = sync;
    }

    void await() {
        lock.lock();
        try {
            long mine = ++arrived;
            while (covered < mine) {
                if (running) {
                    ended.awaitUninterruptibly();
                } else {
                    runFor(arrived);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Called with the lock held; lets it go while the sync runs. */
    private void runFor(long everyoneSoFar) {
        running = true;
        boolean done = false;
        lock.unlock();
        try {
            sync.run();
            done = true;
        } finally {
            lock.lock();
            running = false;
            covered = done ? everyoneSoFar : covered;
            ended.signalAll();
        }
    }
}
