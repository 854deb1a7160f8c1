package dev.countersign.server;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one client has yet to be told, in order. A message is made when its turn comes and sent when the one before has left;
 * a client that lets {@value #WAITING_MAX} pile up is dropped and may come back, since everything stands in the transcript.
 * Never blocks the caller. Safe for use by many threads.
 */
final class ClientQueue {
    static final int WAITING_MAX = 256;

    /** A close frame has room for this many bytes of words. */
    private static final int REASON_CHARS_MAX = 120;

    /** How long a goodbye may take to leave before the connection is cut. */
    private static final long GOODBYE_SECONDS = 5;

    private static final Logger LOG = LoggerFactory.getLogger(ClientQueue.class);
    private static final int TRY_AGAIN_LATER = 1013;
    private static final int SERVER_ERROR = 1011;

    private final Session session;
    private final Executor executor;
    private final Queue<Supplier<String>> waiting = new ArrayDeque<>();
    private boolean sending;
    private boolean closed;

    ClientQueue(Session session, Executor executor) {
        this.session = session;
        this.executor = executor;
    }

    void offer(Supplier<String> message) {
        boolean overflow;
        synchronized (this) {
            if (closed) {
                return;
            }
            overflow = waiting.size() == WAITING_MAX;
            if (!overflow) {
                waiting.add(message);
                if (sending) {
                    return;
                }
                sending = true;
            }
        }
        if (overflow) {
            close(TRY_AGAIN_LATER, "too slow; come back with ?thread=ID");
            // The goodbye stands behind what the client does not read, and may never leave.
            CompletableFuture.delayedExecutor(GOODBYE_SECONDS, TimeUnit.SECONDS, executor)
                    .execute(session::disconnect);
        } else {
            executor.execute(this::sendNext);
        }
    }

    /** Says goodbye with a WebSocket close code; what waits is dropped. */
    void close(int code, String reason) {
        close(code, reason, () -> {});
    }

    /** The same; {@code then} runs once the goodbye has left, or could not. */
    void close(int code, String reason, Runnable then) {
        forget();
        session.close(code, fitting(reason), Callback.from(then, failure -> then.run()));
    }

    private static String fitting(String reason) {
        String ascii = reason.replaceAll("[^ -~]", "?");
        return ascii.length() <= REASON_CHARS_MAX ? ascii : ascii.substring(0, REASON_CHARS_MAX - 3) + "...";
    }

    /** Drops what waits; for a client that is gone. */
    synchronized void forget() {
        closed = true;
        waiting.clear();
    }

    private void sendNext() {
        Supplier<String> next = take();
        if (next == null) {
            return;
        }
        try {
            session.sendText(next.get(), Callback.from(() -> executor.execute(this::sendNext), failure -> forget()));
        } catch (CountersignException e) {
            boolean loggedOut = e.code().kind() == ErrorCode.Kind.UNAUTHENTICATED;
            close(loggedOut ? ChatConnection.POLICY_VIOLATION : SERVER_ERROR, e.detail());
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("could not tell a client what happened");
            close(SERVER_ERROR, "something went wrong here; come back with ?thread=ID");
        }
    }

    private synchronized @Nullable Supplier<String> take() {
        Supplier<String> next = waiting.poll();
        sending = next != null;
        return next;
    }
}
