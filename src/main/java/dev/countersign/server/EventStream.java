package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events on their way to one client, in order. No thread waits for it: what the client does not take stays here, at
 * most {@value #WAITING_MAX} events, and whoever offers more drops the client, who comes back with Last-Event-ID. Safe for use by
 * many threads.
 */
public final class EventStream implements WriteListener {
    static final int WAITING_MAX = 256;

    /** Come back two seconds after the connection broke off. */
    private static final byte[] HELLO = "retry: 2000\n\n".getBytes(StandardCharsets.US_ASCII);

    /** Any of these ends a line of an event; left inside of one it would begin another field. */
    private static final Pattern LINE_END = Pattern.compile("\r\n|\r|\n");

    private final ServletOutputStream out;
    private final CompletableFuture<@Nullable Void> over;
    private final Queue<byte[]> waiting = new ArrayDeque<>();
    private Runnable whenEmpty = () -> {};
    private boolean unflushed;
    private boolean ending;
    private boolean ended;

    /** @param over completed when the last event has left, or none can leave any more */
    EventStream(ServletOutputStream out, CompletableFuture<@Nullable Void> over) {
        this.out = out;
        this.over = over;
    }

    /** Runs the work, on a thread of the server's, whenever all that was offered has left. */
    public void start(Runnable work) {
        synchronized (this) {
            whenEmpty = work;
            // Also without any event the client is to know at once that it is connected.
            waiting.add(HELLO);
        }
        out.setWriteListener(this);
    }

    /**
     * Offers an event.
     *
     * @param id where a client that comes back goes on; null for what is not told again
     * @return false when the client is too slow: it is dropped
     */
    boolean offer(@Nullable Long id, String name, JsonNode data) {
        return offer(id, name, Json.write(data));
    }

    /**
     * Offers an event whose data is text, of any number of lines.
     *
     * @param id where a client that comes back goes on; null for what is not told again
     * @return false when the client is too slow: it is dropped
     */
    public boolean offer(@Nullable Long id, String name, String text) {
        StringBuilder event = new StringBuilder();
        event.append(id == null ? "" : "id: " + id + "\n");
        event.append("event: ").append(name).append('\n');
        for (String line : LINE_END.split(text, -1)) {
            event.append("data: ").append(line).append('\n');
        }
        return put(event.append('\n').toString());
    }

    /** Says that the server is still there, and finds out whether the client is. */
    boolean beat() {
        return put(": \n\n");
    }

    private boolean put(String text) {
        synchronized (this) {
            if (ending || ended) {
                return false;
            }
            if (waiting.size() == WAITING_MAX) {
                drop();
                return false;
            }
            waiting.add(text.getBytes(StandardCharsets.UTF_8));
        }
        drain();
        return true;
    }

    /** How many events have not left yet. */
    public synchronized int waiting() {
        return waiting.size();
    }

    /** Ends the stream once what was offered has left. */
    void end() {
        synchronized (this) {
            ending = true;
        }
        drain();
    }

    /** Ends the stream at once. */
    public synchronized void drop() {
        ended = true;
        waiting.clear();
        over.complete(null);
    }

    boolean isOver() {
        return over.isDone();
    }

    @Override
    public void onWritePossible() {
        drain();
    }

    @Override
    public void onError(Throwable failure) {
        drop();
    }

    private void drain() {
        boolean emptied = false;
        Runnable work;
        synchronized (this) {
            try {
                // Each write and flush has to find the stream ready; when it is not, the container calls once it is.
                while (!ended && out.isReady()) {
                    byte[] next = waiting.poll();
                    if (next != null) {
                        out.write(next);
                        unflushed = true;
                    } else if (unflushed) {
                        unflushed = false;
                        emptied = true;
                        out.flush();
                    } else {
                        if (ending) {
                            drop();
                        }
                        break;
                    }
                }
            } catch (IOException | IllegalStateException e) {
                drop();
            }
            work = whenEmpty;
        }
        if (emptied) {
            work.run();
        }
    }
}
