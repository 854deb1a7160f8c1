package dev.countersign.notify;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel's own thread: what is due there is sent one after the other. So an endpoint that does not answer holds up its own
 * messages only. While a channel as a whole fails, one message now and then finds out whether it works again, and the others
 * keep their attempts. Nothing is ever interrupted.
 */
final class Lane implements AutoCloseable {
    /** Longer than any attempt takes: ten seconds for a post, some steps of ten seconds each for a mail. */
    static final Duration ATTEMPT_MAX = Duration.ofMinutes(2);

    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final int BATCH = 20;
    private static final Duration STOP_WAIT = Duration.ofSeconds(15);
    private static final Duration PROBE_PAUSE_MAX = Duration.ofMinutes(5);

    private final Way way;
    private final Deliveries deliveries;
    private final Notices notices;
    private final Backoff backoff;
    private final Clock clock;
    private final ExecutorService thread;
    private final AtomicBoolean asked = new AtomicBoolean();
    private volatile boolean closed;
    private Instant notBefore = Instant.MIN;
    private int failuresInARow;

    Lane(Way way, Deliveries deliveries, Notices notices, Backoff backoff, Clock clock) {
        this.way = way;
        this.deliveries = deliveries;
        this.notices = notices;
        this.backoff = backoff;
        this.clock = clock;
        String name = "notify-" + Notice.lower(way.channel());
        this.thread = Executors.newSingleThreadExecutor(job -> {
            Thread made = new Thread(job, name);
            made.setDaemon(true);
            return made;
        });
    }

    Way way() {
        return way;
    }

    /** Lets what is due be sent soon, off the caller's thread. */
    void wake() {
        if (asked.compareAndSet(false, true)) {
            try {
                thread.execute(this::guarded);
            } catch (RejectedExecutionException e) {
                LOG.debug("stopping: left for the next start");
            }
        }
    }

    private void guarded() {
        asked.set(false);
        try {
            drain();
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("channel", way.channel())
                    .log("notifications could not be delivered now and will be later", e);
        }
    }

    private void drain() {
        List<Deliveries.Attempt> due = mayTry() ? deliveries.due(way.channel(), BATCH) : List.of();
        while (!due.isEmpty()) {
            for (Deliveries.Attempt seen : due) {
                if (!mayTry()) {
                    return;
                }
                attempt(seen);
            }
            due = deliveries.due(way.channel(), BATCH);
        }
    }

    private boolean mayTry() {
        return !closed && !clock.instant().isBefore(notBefore);
    }

    private void attempt(Deliveries.Attempt seen) {
        Deliveries.Attempt next = new Deliveries.Attempt(seen.notification(), seen.channel(), seen.attempt() + 1);
        if (!deliveries.begin(next, clock.instant().plus(ATTEMPT_MAX))) {
            return;
        }
        if (next.attempt() > backoff.attempts()) {
            // Each attempt was broken off before its end was written: whoever sends them dies of it.
            giveUp(next, "broken off too often");
            return;
        }
        Optional<Notice> notice = notices.read(next.notification());
        if (notice.isEmpty()) {
            deliveries.end(next, Deliveries.State.VOID, "its subject was taken away");
            return;
        }
        take(next, way.send(notice.get()));
    }

    private void take(Deliveries.Attempt attempt, Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            failed(attempt, failed);
            return;
        }
        failuresInARow = 0;
        if (outcome instanceof Outcome.Nobody) {
            LOG.atInfo()
                    .addKeyValue("notification", attempt.notification())
                    .log("it is not sent: nobody wants it so, or nobody's address is known");
            deliveries.end(attempt, Deliveries.State.VOID, "nobody wants it so, or nobody's address is known");
        } else {
            deliveries.end(attempt, Deliveries.State.SENT, "");
        }
    }

    private void failed(Deliveries.Attempt attempt, Outcome.Failed failed) {
        if (failed.everything()) {
            failuresInARow++;
            Duration pause = backoff.after(failuresInARow);
            Duration bounded = pause.compareTo(PROBE_PAUSE_MAX) < 0 ? pause : PROBE_PAUSE_MAX;
            notBefore = clock.instant().plus(longer(bounded, failed.retryAfter()));
            if (failuresInARow == 1) {
                LOG.atWarn()
                        .addKeyValue("channel", way.channel())
                        .log("notifications do not get through and will be tried again: {}", failed.words());
            }
        }
        if (attempt.attempt() >= backoff.attempts()) {
            giveUp(attempt, failed.words());
            return;
        }
        Duration pause = longer(backoff.after(attempt.attempt()), failed.retryAfter());
        deliveries.putOff(attempt, clock.instant().plus(pause), failed.words());
        LOG.atInfo()
                .addKeyValue("notification", attempt.notification())
                .addKeyValue("channel", way.channel())
                .addKeyValue("attempt", attempt.attempt())
                .log("a notification could not be sent: {}", failed.words());
    }

    private static Duration longer(Duration ours, @Nullable Duration theirs) {
        return theirs != null && theirs.compareTo(ours) > 0 ? theirs : ours;
    }

    private void giveUp(Deliveries.Attempt attempt, String why) {
        LOG.atError()
                .addKeyValue("notification", attempt.notification())
                .addKeyValue("channel", way.channel())
                .log("a notification was given up after {} attempts: {}", backoff.attempts(), why);
        deliveries.end(attempt, Deliveries.State.GIVEN_UP, why);
    }

    /** Begins nothing new and waits a while for what is being sent; what is broken off is sent again, under the same id. */
    @Override
    public void close() {
        closed = true;
        thread.shutdown();
        try {
            if (!thread.awaitTermination(STOP_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("stopped while a notification was being sent; it may come twice");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
