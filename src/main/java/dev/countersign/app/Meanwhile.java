package dev.countersign.app;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * A part of a start that is made ready on a thread of its own while the caller goes on: where there is a second core, a server
 * is there sooner. What it opens is closed with it, also when nobody came to ask for it. Used by one thread.
 */
final class Meanwhile<T> implements AutoCloseable {
    private final Closers closers = new Closers();
    private final CompletableFuture<T> made = new CompletableFuture<>();

    private Meanwhile() {}

    /**
     * Begins.
     *
     * @param work gets where to leave what it opens
     */
    static <T> Meanwhile<T> make(String name, Function<Closers, T> work) {
        Meanwhile<T> part = new Meanwhile<>();
        Thread thread = new Thread(() -> part.run(work), name);
        thread.setDaemon(true);
        thread.start();
        return part;
    }

    private void run(Function<Closers, T> work) {
        try {
            made.complete(work.apply(closers));
        } catch (RuntimeException | Error e) {
            made.completeExceptionally(e);
        }
    }

    /** What was made; waits for it, and throws what its making threw. */
    T get() {
        try {
            return made.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Waits for its making to end, however it does, and closes what that has opened. */
    @Override
    public void close() {
        made.handle((value, failure) -> true).join();
        closers.close();
    }
}
