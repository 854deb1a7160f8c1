package dev.countersign.server;

import dev.countersign.core.CountersignException;
import dev.countersign.log.DecisionLog;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All feeds of this server, and what makes them look: a beat for each, and, while anybody follows an inbox, one question a second
 * whether the decision log has grown. Interrupts nobody. Safe for use by many threads.
 */
final class Feeds implements AutoCloseable {
    static final int OF_ONE_USER_MAX = 20;
    static final int ALL_MAX = 2_000;

    private static final Logger LOG = LoggerFactory.getLogger(Feeds.class);
    private static final int LOOKERS = 4;
    private static final long BEAT_SECONDS = 15;

    private final DecisionLog log;
    private final ExecutorService lookers = Executors.newFixedThreadPool(LOOKERS, named("feed"));
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(named("feed-timer"));
    private final Set<Feed> open = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> ofUser = new ConcurrentHashMap<>();

    Feeds(DecisionLog log) {
        this.log = log;
        ScheduledFuture<?> unusedBeat =
                timer.scheduleWithFixedDelay(guarded(this::beat), BEAT_SECONDS, BEAT_SECONDS, TimeUnit.SECONDS);
        ScheduledFuture<?> unusedWatch = timer.scheduleWithFixedDelay(guarded(this::watch), 1, 1, TimeUnit.SECONDS);
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

    Executor lookers() {
        return lookers;
    }

    /**
     * Takes a place for one more feed.
     *
     * @throws CountersignException {@code CS-736} when there are too many already
     */
    void reserve(String user) {
        int mine = ofUser.merge(user, 1, Integer::sum);
        if (mine > OF_ONE_USER_MAX || open.size() >= ALL_MAX) {
            release(user);
            throw new CountersignException(
                    ServerErrors.TOO_MANY_FEEDS,
                    "expected at most " + OF_ONE_USER_MAX + " feeds of one login at a time; close one first");
        }
    }

    void release(String user) {
        ofUser.computeIfPresent(user, (name, count) -> count > 1 ? count - 1 : null);
    }

    void add(Feed feed) {
        open.add(feed);
    }

    void remove(Feed feed) {
        open.remove(feed);
        feed.close();
        release(feed.principal().user());
    }

    /** Lets every feed say that it is there. */
    void beat() {
        open.forEach(Feed::beat);
    }

    /** Lets the inboxes look when there is something to see. */
    void watch() {
        if (open.stream().anyMatch(InboxFeed.class::isInstance)) {
            long head = log.head().seq();
            open.stream()
                    .filter(InboxFeed.class::isInstance)
                    .map(InboxFeed.class::cast)
                    .forEach(inbox -> inbox.tick(head));
        }
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
