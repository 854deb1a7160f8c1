package dev.countersign.lab.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.crash.Tap;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.lab.QuietPermit;
import dev.countersign.permit.Permit;
import dev.countersign.permit.RequestKind;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a turn costs, in things that can be counted, so that a slip shows on any machine: statements, commits, barriers, and bytes
 * handed to the store. A change that needs fewer puts the new number here; one that needs more says in its message why.
 */
final class TurnCountsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int EARLY = 12;
    private static final int LATE = 120;

    @TempDir
    Path folder;

    private final Heard heard = new Heard();

    /**
     * What the store was asked for by whoever sends a message and by those who run turns, and apart from it by the looks at Permit that
     * somebody asked for. Others, such as the regular ones, come when they come and are not counted.
     */
    private static final class Heard implements Tap.Ear {
        private final List<Tap.Call> calls = new ArrayList<>();
        private final List<Tap.Call> looks = new ArrayList<>();

        @Override
        public void before(Tap.Call call) {
            String thread = Thread.currentThread().getName();
            if (thread.equals("main") || thread.startsWith("turn-")) {
                synchronized (this) {
                    calls.add(call);
                }
            } else if (thread.equals("looks")) {
                synchronized (this) {
                    looks.add(call);
                }
            }
        }

        @Override
        public void after(Tap.Call call) {
            // What was asked for counts.
        }

        synchronized void forget() {
            calls.clear();
            looks.clear();
        }

        synchronized List<Tap.Call> looks() {
            return List.copyOf(looks);
        }

        /** A turn is over for the store when its lease was given back, which is its last statement. */
        synchronized boolean leaseGivenBack() {
            return calls.stream()
                    .anyMatch(call -> call instanceof Tap.Committed done
                            && done.statements().stream()
                                    .anyMatch(said -> said.sql().contains("lease_owner = '', lease_until = 0")));
        }

        synchronized Cost cost() {
            int statements = 0;
            int commits = 0;
            int barriers = 0;
            long bytes = 0;
            for (Tap.Call call : calls) {
                if (call instanceof Tap.Committed) {
                    commits++;
                } else if (call instanceof Tap.Said said && said.sql().startsWith("CHECKPOINT")) {
                    barriers++;
                } else if (call instanceof Tap.Said said) {
                    statements++;
                    bytes += said.values().values().stream()
                            .mapToLong(value -> value instanceof byte[] sealed ? sealed.length : 0)
                            .sum();
                }
            }
            return new Cost(statements, commits, barriers, bytes);
        }
    }

    private record Cost(int statements, int commits, int barriers, long bytes) {
        Cost withoutBytes() {
            return new Cost(statements, commits, barriers, 0);
        }
    }

    private Ground ground() {
        Ground.Store store = new Ground.Store() {
            @Override
            public Database open() {
                return Stores.open(Stores.h2(folder), real -> Tap.on(real, heard));
            }

            @Override
            public long bytes() {
                return 0;
            }
        };
        Clock clock = Clock.systemUTC();
        Permit permit = new QuietPermit(clock, () -> UUID.randomUUID().toString());
        return new Ground(store, () -> permit, clock, () -> UUID.randomUUID().toString(), "h2,fsync");
    }

    private Cost costOf(Gauge.Work work) throws InterruptedException {
        heard.forget();
        work.run();
        await().atMost(PATIENCE).until(heard::leaseGivenBack);
        return heard.cost();
    }

    @Test
    void promise9_aTurn_costsTheSameHoweverLongItsThreadIs() throws InterruptedException {
        Ground ground = ground();
        Scene scene = new Scene(ground.permit(), false, () -> {});
        try (Database database = ground.store().open();
                AgentRuntime runtime = ground.start(database, scene);
                Talk talk = Talk.open(runtime, scene, Scene.PLAIN, 0)) {
            Cost early = costOf(talk, EARLY);
            Cost late = costOf(talk, LATE);

            assertThat(early.withoutBytes()).isEqualTo(new Cost(21, 6, 2, 0));
            assertThat(late.withoutBytes()).isEqualTo(early.withoutBytes());
            // 500 characters are said, 500 answered, 500 found and 480 asked for; what is said is stored as event and
            // message.
            assertThat(early.bytes()).isBetween(2_500L, 5_000L);
            assertThat(late.bytes()).isBetween(early.bytes() - 100, early.bytes() + 100);
        }
    }

    /**
     * The least cost of that turn and the two after it; those before are run. On a slow machine the sweep may find a turn that is due
     * while it runs, and its thread is looked at once more.
     */
    private Cost costOf(Talk talk, int turn) throws InterruptedException {
        List<Cost> costs = new ArrayList<>();
        for (int next = talk.turns() + 1; next <= turn + 2; next++) {
            int now = next;
            Cost cost = costOf(() -> talk.turn(now));
            if (next >= turn) {
                costs.add(cost);
            }
        }
        return Collections.min(costs, Comparator.comparing(Cost::statements));
    }

    @Test
    void anEffect_aPark_andAResume_costThis() throws InterruptedException {
        Ground ground = ground();
        Scene scene = new Scene(ground.permit(), true, () -> {});
        try (Database database = ground.store().open();
                AgentRuntime runtime = ground.start(database, scene);
                Talk plain = Talk.open(runtime, scene, Scene.PLAIN, 0);
                Talk gated = Talk.open(runtime, scene, Scene.GATED, 1)) {
            Cost effect = costOf(plain, EARLY);
            String[] request = {""};
            Cost park = costOf(() -> request[0] = gated.park());
            Cost resume = costOf(() -> {
                ground.permit().approve(RequestKind.OPERATION, request[0], QuietPermit.REVIEWER, null);
                runtime.wake(request[0]);
                gated.resumed();
            });

            assertThat(List.of(effect.withoutBytes(), park.withoutBytes(), resume.withoutBytes()))
                    .containsExactly(new Cost(30, 9, 3, 0), new Cost(33, 8, 3, 0), new Cost(28, 6, 3, 0));
        }
    }

    @Test
    void promise10_aParkLooksForNothing_andADecisionOnlyForItself_howeverManyWait() throws InterruptedException {
        Ground ground = ground();
        Scene scene = new Scene(ground.permit(), true, () -> {});
        try (Database database = ground.store().open();
                AgentRuntime runtime = ground.start(database, scene)) {
            List<Talk> talks = new ArrayList<>();
            List<String> requests = new ArrayList<>();
            for (int number = 1; number <= 12; number++) {
                Talk talk = Talk.open(runtime, scene, Scene.GATED, number);
                talks.add(talk);
                requests.add(talk.park());
            }
            // A look that comes together with others begins a moment later.
            await().during(Duration.ofMillis(400))
                    .atMost(PATIENCE)
                    .until(() -> heard.looks().isEmpty());
            for (int i = 0; i < 2; i++) {
                ground.permit().approve(RequestKind.OPERATION, requests.get(i), QuietPermit.REVIEWER, null);
                runtime.wake(requests.get(i));
                talks.get(i).resumed();
            }
            await().during(Duration.ofMillis(400)).atMost(PATIENCE).until(() -> decisions() == 2);
            assertThat(heard.looks())
                    .noneMatch(call ->
                            call instanceof Tap.Said said && said.sql().startsWith("UPDATE approval SET next_check"));
            assertThat(heard.looks()).hasSizeLessThan(40);
            talks.forEach(Talk::close);
        }
    }

    private long decisions() {
        return heard.looks().stream().filter(Tap.Committed.class::isInstance).count();
    }
}
