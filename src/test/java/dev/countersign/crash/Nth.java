package dev.countersign.crash;

/** Counts what passes and says of the n-th that it is the one. Safe for use by many threads. */
final class Nth {
    private final int n;
    private int passed;
    private boolean counting;

    Nth(int n) {
        this.n = n;
    }

    synchronized void begin() {
        counting = true;
    }

    synchronized boolean isNow() {
        return counting && ++passed == n;
    }

    /** Whether there was an n-th at all. */
    synchronized boolean hasCome() {
        return passed >= n;
    }
}
