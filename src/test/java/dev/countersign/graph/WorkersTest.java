package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.thread.Event;
import dev.countersign.thread.Lease;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadRow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a turn ends with, its thread can run again. */
@Tag("store")
final class WorkersTest {
    private static final Pace PACE = new Pace(Duration.ofHours(1), Duration.ofSeconds(30), 2);

    @TempDir
    Path folder;

    private static final class Failing implements Workers.Work {
        final AtomicInteger runs = new AtomicInteger();

        @Override
        public boolean run(ThreadRow thread, Lease lease, @Nullable Event accepted) {
            if (runs.incrementAndGet() == 1) {
                throw new StackOverflowError("as a deep text may cause");
            }
            return false;
        }

        @Override
        public void gaveUp(ThreadRow thread, String why) {}
    }

    @Test
    void aThreadWhoseTurnDiedOfAnErrorRunsAgain() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String chat = world.chat(HENRY);
            Failing work = new Failing();
            Workers workers = new Workers(world.ports, work, PACE);
            workers.wake(chat);
            await().atMost(World.PATIENCE).until(() -> work.runs.get() >= 1);
            await().atMost(World.PATIENCE).until(() -> {
                workers.wake(chat);
                return work.runs.get() >= 2;
            });
            workers.stop();
        }
    }

    @Test
    void aThreadThatCouldNotBeReadRunsAgain_andItsLeaseIsNotKept() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String chat = world.chat(HENRY);
            // A word that no program knows: the row cannot be read.
            setKind(world, chat, "TALK");
            Failing work = new Failing();
            work.runs.set(1);
            Workers workers = new Workers(world.ports, work, PACE);
            workers.wake(chat);
            await().atMost(World.PATIENCE).until(workers::isQuiet);
            assertThat(leaseUntil(world, chat)).isZero();
            assertThat(fence(world, chat)).as("taken by nobody").isZero();
            setKind(world, chat, ThreadKind.CHAT.name());
            await().atMost(World.PATIENCE).until(() -> {
                workers.wake(chat);
                return work.runs.get() >= 2;
            });
            assertThat(fence(world, chat)).isPositive();
            workers.stop();
        }
    }

    /** Its connections may be broken before it hears of the new owner: that is no reason to run the thread once more. */
    @Test
    void promise2_aTurnThatBreaksAfterItsLeaseIsLost_isLeftToTheNewOwner() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String taken = world.chat(HENRY);
            String kept = world.chat(HENRY);
            Map<String, Integer> runs = new ConcurrentHashMap<>();
            Workers workers = new Workers(
                    world.ports,
                    new Workers.Work() {
                        @Override
                        public boolean run(ThreadRow thread, Lease lease, @Nullable Event accepted) {
                            runs.merge(thread.id(), 1, Integer::sum);
                            if (thread.id().equals(taken)) {
                                world.database.useTransaction(
                                        tx -> tx.execute("UPDATE thread SET fence = fence + 1 WHERE id = ?", taken));
                            }
                            throw new IllegalStateException("the connection broke");
                        }

                        @Override
                        public void gaveUp(ThreadRow thread, String why) {}
                    },
                    PACE);
            workers.wake(taken);
            await().atMost(World.PATIENCE).until(() -> runs.containsKey(taken));
            workers.wake(kept);
            // The second try of the one that failed later: by then there would have been one of the other.
            await().atMost(World.PATIENCE).until(() -> runs.getOrDefault(kept, 0) >= 2);
            assertThat(runs).containsEntry(taken, 1);
            assertThat(fence(world, taken)).isEqualTo(2);
            workers.stop();
        }
    }

    private static void setKind(World world, String thread, String kind) {
        world.database.useTransaction(tx -> tx.execute("UPDATE thread SET kind = ? WHERE id = ?", kind, thread));
    }

    private static long fence(World world, String chat) {
        return number(world, "SELECT fence FROM thread WHERE id = :id", chat);
    }

    private static long leaseUntil(World world, String chat) {
        return number(world, "SELECT lease_until FROM thread WHERE id = :id", chat);
    }

    private static long number(World world, String query, String chat) {
        return world.database
                .jdbi()
                .withHandle(handle -> handle.createQuery(query)
                        .bind("id", chat)
                        .mapTo(Long.class)
                        .one());
    }
}
