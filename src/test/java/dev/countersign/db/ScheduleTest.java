package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that come again and again: by one node at a time, and none of them interrupted. */
@Tag("store")
final class ScheduleTest {
    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration RARELY = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    Path folder;

    @Test
    void aTaskComesAgain_alsoAfterItFailed() {
        AtomicInteger runs = new AtomicInteger();
        try (Database database = Stores.open(folder);
                Schedule schedule = Schedule.over(database, "a")) {
            schedule.every("look", SOON, () -> {
                if (runs.incrementAndGet() == 2) {
                    throw new IllegalStateException("once");
                }
            });
            schedule.start();
            await().atMost(PATIENCE).until(() -> runs.get() > 3);
        }
    }

    @Test
    void aRareTaskIsARow_andRunsAtOnceTheFirstTimeOnly() {
        AtomicInteger runs = new AtomicInteger();
        for (int start = 0; start < 2; start++) {
            try (Database database = Stores.open(folder);
                    Schedule schedule = Schedule.over(database, "a")) {
                schedule.every("rarely", RARELY, runs::incrementAndGet);
                schedule.start();
                await().atMost(PATIENCE)
                        .until(() -> count(database, "picked = FALSE AND last_success IS NOT NULL") == 1);
            }
        }
        assertThat(runs).hasValue(1);
    }

    @Test
    void severalNodesRunATaskOneAtATime() {
        AtomicInteger runs = new AtomicInteger();
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger mostAtOnce = new AtomicInteger();
        Runnable task = () -> {
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            runs.incrementAndGet();
            atOnce.decrementAndGet();
        };
        PostgresServer server = PostgresServer.shared();
        try (Database database = Database.open(Stores.postgres(folder, server));
                Schedule a = Schedule.over(database, "a");
                Schedule b = Schedule.over(database, "b")) {
            a.every("look", SOON, task);
            b.every("look", SOON, task);
            a.start();
            b.start();
            await().atMost(PATIENCE).until(() -> runs.get() > 20);
        }
        assertThat(mostAtOnce).hasValue(1);
    }

    @Test
    void aTaskWhoseNodeDiedIsTakenOver() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (Database database = Stores.open(folder)) {
            try (Schedule first = Schedule.over(database, "dead")) {
                first.every("rarely", RARELY, runs::incrementAndGet);
                first.start();
                await().atMost(PATIENCE)
                        .until(() -> count(database, "picked = FALSE AND last_success IS NOT NULL") == 1);
            }
            // As a node leaves it that was killed in the middle of a run: taken, and no sign of life since.
            database.useTransaction(tx -> tx.execute("UPDATE scheduled_tasks SET picked = TRUE, picked_by = 'dead',"
                    + " last_heartbeat = TIMESTAMP WITH TIME ZONE '2020-01-01 00:00:00+00'"));
            try (Schedule second = Schedule.over(database, "b", Duration.ofMillis(100))) {
                second.every("rarely", RARELY, runs::incrementAndGet);
                second.start();
                await().atMost(PATIENCE).until(() -> runs.get() == 2);
            }
        }
    }

    @Test
    void aStopWaitsForWhatRuns_andInterruptsNothing() throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        CountDownLatch ended = new CountDownLatch(1);
        try (Database database = Stores.open(folder)) {
            Schedule schedule = Schedule.over(database, "a");
            schedule.every("rarely", RARELY, () -> {
                runs.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    interrupted.set(true);
                }
                ended.countDown();
            });
            schedule.start();
            runs.await();
            Thread stop = new Thread(schedule::close);
            stop.start();
            // Its patience ends before the task does: that is when the library would interrupt.
            stop.join();
            assertThat(ended.getCount()).isEqualTo(1);
            goOn.countDown();
            ended.await();
            assertThat(interrupted).isFalse();
            await().atMost(PATIENCE).until(() -> count(database, "picked = FALSE") == 1);
        }
    }

    @Test
    void whatIsAddedAfterTheStartIsAMistake() {
        try (Database database = Stores.open(folder);
                Schedule schedule = Schedule.over(database, "a")) {
            schedule.every("look", RARELY, () -> {});
            schedule.start();
            assertThatThrownBy(() -> schedule.every("late", RARELY, () -> {})).hasMessageContaining("late");
        }
    }

    @Test
    void whereThereIsOneOwner_shortPausesWriteNothing() {
        AtomicInteger runs = new AtomicInteger();
        try (Database database = Database.open(Stores.h2(folder));
                Schedule schedule = Schedule.over(database, "a")) {
            schedule.every("look", SOON, runs::incrementAndGet);
            schedule.start();
            await().atMost(PATIENCE).until(() -> runs.get() > 3);
            assertThat(count(database, "1 = 1")).isZero();
        }
    }

    private static int count(Database database, String condition) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("SELECT count(*) FROM scheduled_tasks WHERE " + condition)
                        .mapTo(Integer.class)
                        .one());
    }
}
