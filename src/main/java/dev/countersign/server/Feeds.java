package dev.countersign.server;

import dev.countersign.account.LoginTokens;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Principal;
import dev.countersign.log.DecisionLog;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All feeds of this server, and what makes them look: a beat for each, and, while anybody follows an inbox, four questions a
 * second whether the decision log has grown. Interrupts nobody. Safe for use by many threads.
 */
public final class Feeds implements AutoCloseable {
    static final int OF_ONE_USER_MAX = 20;
    static final int ALL_MAX = 2_000;

    private static final Logger LOG = LoggerFactory.getLogger(Feeds.class);
    private static final int LOOKERS = 4;
    private static final long BEAT_SECONDS = 15;
    private static final long WATCH_MILLIS = 250;

    private final DecisionLog log;
    private final ExecutorService lookers = Executors.newFixedThreadPool(LOOKERS, named("feed"));
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(named("feed-timer"));
    private final Set<Feed> open = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> ofUser = new ConcurrentHashMap<>();

    Feeds(DecisionLog log) {
        this.log = log;
        ScheduledFuture<?> unusedBeat =
                timer.scheduleWithFixedDelay(guarded(this::beat), BEAT_SECONDS, BEAT_SECONDS, TimeUnit.SECONDS);
        ScheduledFuture<?> unusedWatch =
                timer.scheduleWithFixedDelay(guarded(this::watch), WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static ThreadFactory named(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** A timer's work that throws would be the last of it. */
    private static Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.atWarn().setCause(e).log("the feeds could not look");
            }
        };
    }

    private void reserve(String user) {
        int mine = ofUser.merge(user, 1, Integer::sum);
        if (mine > OF_ONE_USER_MAX || open.size() >= ALL_MAX) {
            release(user);
            throw new CountersignException(
                    ServerErrors.TOO_MANY_FEEDS,
                    "expected at most " + OF_ONE_USER_MAX + " feeds of one login at a time; close one first");
        }
    }

    private void release(String user) {
        ofUser.computeIfPresent(user, (name, count) -> count > 1 ? count - 1 : null);
    }

    private void remove(Feed feed) {
        open.remove(feed);
        feed.close();
        release(feed.principal().user());
    }

    /** Lets every feed say that it is there. */
    void beat() {
        open.forEach(Feed::beat);
    }

    /** Lets those who watch the log look when there is something to see. */
    private void watch() {
        if (open.stream().anyMatch(Feed::watchesLog)) {
            long head = log.head().seq();
            open.stream().filter(Feed::watchesLog).forEach(feed -> feed.tick(head));
        }
    }

    /**
     * Answers a request with a feed of its own.
     *
     * @param who proves the login, before each look anew
     * @param opening makes the feed; it is started here
     * @throws CountersignException {@code CS-736} when there are too many already
     */
    public void stream(Context context, Supplier<LoginTokens.Login> who, Function<Feed.Client, Feed> opening) {
        Principal principal = who.get().principal();
        reserve(principal.user());
        context.status(200).contentType("text/event-stream;charset=utf-8");
        context.header("X-Accel-Buffering", "no");
        CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
        context.future(() -> {
            try {
                EventStream stream = new EventStream(context.res().getOutputStream(), over);
                Feed feed = opening.apply(new Feed.Client(principal, who, stream, lookers));
                open.add(feed);
                feed.start();
                return over.whenComplete((nothing, failure) -> remove(feed));
            } catch (IOException e) {
                release(principal.user());
                throw new UncheckedIOException("a client of a feed is gone", e);
            }
        });
    }

    /** How many are followed. */
    int size() {
        return open.size();
    }

    @Override
    public void close() {
        timer.shutdown();
        open.forEach(Feed::close);
        lookers.shutdown();
    }
}
