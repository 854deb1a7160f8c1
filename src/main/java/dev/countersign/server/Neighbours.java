package dev.countersign.server;

import dev.countersign.graph.Archive;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the chats of this node see what other nodes of the store did in their threads: once a second, one question for each 500
 * threads that somebody follows here, and none where nobody does or one process has the store to itself. Words that are still being
 * given by another node's model are not seen; the whole answer is. Interrupts nobody. Safe for use by many threads.
 */
final class Neighbours implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Neighbours.class);
    private static final int A_QUESTION = 500;

    /** Somebody who follows a thread, or will. */
    interface Follower {
        /** The thread's id; null while there is none. */
        @Nullable
        String thread();

        /** Hears where it stands. */
        void look(Archive.Standing now);
    }

    private final Supplier<Archive> archive;
    private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "neighbours");
        thread.setDaemon(true);
        return thread;
    });

    Neighbours(Supplier<Archive> archive) {
        this.archive = archive;
        ScheduledFuture<?> unused = timer.scheduleWithFixedDelay(this::guarded, 1, 1, TimeUnit.SECONDS);
    }

    void add(Follower follower) {
        followers.add(follower);
    }

    void remove(Follower follower) {
        followers.remove(follower);
    }

    /** A timer's work that throws would be the last of it. */
    private void guarded() {
        try {
            if (!followers.isEmpty() && archive.get().isShared()) {
                look();
            }
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("could not look at what other nodes did");
        }
    }

    /** One look. */
    void look() {
        Map<String, List<Follower>> followed = new HashMap<>();
        for (Follower follower : followers) {
            String thread = follower.thread();
            if (thread != null) {
                followed.computeIfAbsent(thread, id -> new ArrayList<>()).add(follower);
            }
        }
        List<String> threads = List.copyOf(followed.keySet());
        for (int from = 0; from < threads.size(); from += A_QUESTION) {
            Set<String> some = new HashSet<>(threads.subList(from, Math.min(threads.size(), from + A_QUESTION)));
            for (Archive.Standing now : archive.get().standing(some)) {
                followed.getOrDefault(now.thread(), List.of()).forEach(follower -> tell(follower, now));
            }
        }
    }

    private static void tell(Follower follower, Archive.Standing now) {
        try {
            follower.look(now);
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("thread", now.thread()).setCause(e).log("a client could not be told");
        }
    }

    @Override
    public void close() {
        timer.shutdown();
    }
}
