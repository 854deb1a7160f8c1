package dev.countersign.app;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A part that a start does not wait for: it is made when somebody first asks for it, once, and closed if it was. Whoever asks
 * after the close gets an exception. Safe for use by many threads.
 */
final class Lazily<T extends AutoCloseable> implements AutoCloseable {
    private final Supplier<T> maker;
    private final Closers closers = new Closers();
    private @Nullable T made;
    private boolean closed;

    Lazily(Supplier<T> maker) {
        this.maker = maker;
    }

    /** The part; what its making throws, and then it is made anew for whoever asks next. */
    synchronized T get() {
        if (closed) {
            throw new IllegalStateException("this part of the server is closed");
        }
        T known = made;
        if (known == null) {
            known = closers.add(maker.get());
            made = known;
        }
        return known;
    }

    @Override
    public synchronized void close() {
        closed = true;
        closers.close();
    }
}
