package dev.countersign.server;

import dev.countersign.account.LoginTokens;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Principal;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one client follows. It looks whenever something may have happened, one look at a time, and before each look its login has
 * to prove itself anew: nothing is told after that has expired.
 */
public abstract class Feed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

    /** So many beats in a row with events left over, and the client is too slow. */
    private static final int SLOW_BEATS_MAX = 2;

    /** Whose feed it is, and where it goes. */
    public record Client(
            Principal principal, Supplier<LoginTokens.Login> proof, EventStream stream, Executor executor) {}

    private final Client client;
    private final AtomicBoolean asked = new AtomicBoolean();
    private int slowBeats;

    protected Feed(Client client) {
        this.client = client;
    }

    /** Tells what there is to tell; called by one thread at a time. */
    protected abstract void look();

    protected final Principal principal() {
        return client.principal();
    }

    protected final EventStream stream() {
        return client.stream();
    }

    /** Looks soon; whoever asks while a look waits to begin is served by that one. */
    protected final void soon() {
        if (!stream().isOver() && asked.compareAndSet(false, true)) {
            try {
                client.executor().execute(this::lookNow);
            } catch (RejectedExecutionException e) {
                stream().drop();
            }
        }
    }

    private synchronized void lookNow() {
        asked.set(false);
        if (stream().isOver()) {
            return;
        }
        try {
            if (!client.proof().get().principal().equals(client.principal())) {
                stream().drop();
                return;
            }
            look();
        } catch (CountersignException e) {
            end(Problem.of(e));
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("could not tell a client what happened");
            stream().drop();
        }
    }

    /** Begins: looks once now, and whenever what was offered has left. */
    public void start() {
        stream().start(this::soon);
        soon();
    }

    /** Whether it looks when the decision log has grown. */
    protected boolean watchesLog() {
        return false;
    }

    /** A few times a second, for a feed that watches the log; {@code head} is the log's newest row. */
    protected void tick(long head) {
        soon();
    }

    /** Says why, and ends. */
    private void end(Problem why) {
        farewell(why);
        stream().end();
    }

    /** The last event: why there is no other. */
    protected void farewell(Problem why) {
        stream().offer(null, "closed", why.tree());
    }

    /** A sign of life; also a look, for what other nodes of the store have done. */
    final void beat() {
        slowBeats = stream().waiting() > 0 ? slowBeats + 1 : 0;
        if (slowBeats > SLOW_BEATS_MAX) {
            stream().drop();
        } else if (stream().beat()) {
            soon();
        }
    }

    @Override
    public void close() {
        stream().drop();
    }
}
