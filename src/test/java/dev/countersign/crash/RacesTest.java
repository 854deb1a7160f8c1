package dev.countersign.crash;

import static dev.countersign.crash.Node.HENRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.approval.Approval;
import dev.countersign.approval.ApprovalStore;
import dev.countersign.approval.Lifecycle.Move;
import dev.countersign.config.StoreConfig;
import dev.countersign.db.Database;
import dev.countersign.db.PostgresServer;
import dev.countersign.db.Stores;
import dev.countersign.graph.Ports;
import dev.countersign.mcpserver.FakePermit;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decisions that race for one approval, held open where it hurts: whoever holds the claim, and in whatever order others come. */
final class RacesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final List<Move> CONTENDERS = List.of(Move.APPROVE, Move.DENY, Move.WITHDRAW, Move.EXPIRE);

    @TempDir
    Path folder;

    private int number;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void promise6_whileAClaimIsHeld_othersArrive_oneWins(boolean postgres) {
        List<Move> held = postgres ? List.of(Move.DENY) : CONTENDERS;
        held.forEach(move -> race(postgres, move, others(move)));
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void promise6_whoeverHoldsTheClaim_andInWhateverOrderOthersArrive_oneWins(boolean postgres) {
        for (Move held : CONTENDERS) {
            orders(others(held)).forEach(order -> race(postgres, held, order));
        }
    }

    private static List<Move> others(Move held) {
        return CONTENDERS.stream().filter(move -> move != held).toList();
    }

    private static List<List<Move>> orders(List<Move> moves) {
        if (moves.isEmpty()) {
            return List.of(List.of());
        }
        List<List<Move>> all = new ArrayList<>();
        for (Move first : moves) {
            List<Move> rest = moves.stream().filter(move -> move != first).toList();
            orders(rest).forEach(tail -> {
                List<Move> order = new ArrayList<>(List.of(first));
                order.addAll(tail);
                all.add(order);
            });
        }
        return all;
    }

    /** Stops whoever is at its claim's UPDATE, and says that it is there. */
    private static final class Gate implements Tap.Ear {
        private final CountDownLatch arrived = new CountDownLatch(1);
        private final CountDownLatch open;

        Gate(CountDownLatch open) {
            this.open = open;
        }

        @Override
        public void before(Tap.Call call) {
            if (!(call instanceof Tap.Said said)) {
                return;
            }
            boolean update = said.begins("UPDATE approval SET state");
            if (update || said.sql().endsWith("FOR UPDATE")) {
                arrived.countDown();
            }
            if (update) {
                waitFor(open);
            }
        }

        @Override
        public void after(Tap.Call call) {}
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void race(boolean postgres, Move held, List<Move> order) {
        String what = held + " held, then " + order + " on " + (postgres ? "PostgreSQL" : "H2");
        StoreConfig store = store(postgres);
        FakePermit permit = new FakePermit();
        Ledger effects = new Ledger(store.stateDir().resolve("effects"));
        String chat = park(store, permit, effects);
        Move winner = contend(store, chat, held, order, what);
        if (winner == Move.APPROVE) {
            permit.assign("henry", "_Approved_", "3");
        }
        try (Node node = node(Node.store(store, Tap.Ear.NONE), permit, effects)) {
            await(what).atMost(PATIENCE).until(() -> node.rests(chat));
            long told = node.transcript(chat).stream()
                    .filter(entry -> "await_decision".equals(entry.tool()))
                    .count();
            assertThat(told).as(what + ": decisions told").isEqualTo(1);
            assertThat(node.runtime.thread(HENRY, chat).status()).as(what).isEqualTo(ThreadStatus.IDLE);
            assertThat(effects.lines()).as(what + ": effects").hasSize(winner == Move.APPROVE ? 1 : 0);
        }
    }

    /** All contenders have seen the approval pending; answers who moved it. */
    private static Move contend(StoreConfig store, String chat, Move held, List<Move> order, String what) {
        CountDownLatch open = new CountDownLatch(1);
        ExecutorService pool = Executors.newFixedThreadPool(4);
        List<Database> databases = new ArrayList<>();
        try {
            List<Future<Boolean>> claims = new ArrayList<>();
            List<Move> moves = new ArrayList<>(List.of(held));
            moves.addAll(order);
            for (Move move : moves) {
                Gate gate = new Gate(move == held ? open : new CountDownLatch(0));
                Database database = Node.store(store, gate);
                databases.add(database);
                Ports ports = ports(database, new FakePermit());
                Approval seen = ports.approvals().ofThread(chat).get(0);
                claims.add(pool.submit(() -> claim(ports, seen, move)));
                waitFor(gate.arrived);
            }
            open.countDown();
            List<Move> winners = new ArrayList<>();
            for (int i = 0; i < moves.size(); i++) {
                if (claims.get(i).get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    winners.add(moves.get(i));
                }
            }
            assertThat(winners).as(what + ": who won").hasSize(1);
            return winners.get(0);
        } catch (Exception e) {
            throw new IllegalStateException(what + ": a claim did not come to its end", e);
        } finally {
            open.countDown();
            pool.shutdown();
            databases.forEach(Database::close);
        }
    }

    /** As every path that learns a decision does it: the move and the event in one transaction, or none. */
    private static boolean claim(Ports ports, Approval seen, Move move) {
        boolean won = ports.database().inTransaction(tx -> {
            boolean first =
                    ports.approvals().move(tx, seen, move, new ApprovalStore.Facts(null, "joe", null, Instant.now()));
            if (first) {
                EventKind kind = move == Move.EXPIRE ? EventKind.EXPIRY : EventKind.DECISION;
                ports.threads().append(tx, seen.threadId(), kind, seen.id());
            }
            return first;
        });
        ports.database().barrier();
        return won;
    }

    private static Ports ports(Database database, FakePermit permit) {
        return Ports.over(
                database, permit, Clock.systemUTC(), () -> UUID.randomUUID().toString(), LEASE, Duration.ZERO);
    }

    private static Node node(Database database, FakePermit permit, Ledger effects) {
        OutsideTools tools = new OutsideTools(permit, effects, boundary -> {});
        return new Node(database, new Node.Surroundings(permit, tools, Clock.systemUTC(), LEASE));
    }

    private static String park(StoreConfig store, FakePermit permit, Ledger effects) {
        try (Node node = node(Node.store(store, Tap.Ear.NONE), permit, effects)) {
            return park(node);
        }
    }

    private static String park(Node node) {
        String chat =
                node.runtime.open(HENRY, "things", ThreadKind.CHAT, "a chat").id();
        node.runtime.send(HENRY, chat, "call drop_thing {\"name\":\"x@\"}");
        await().atMost(PATIENCE)
                .until(() ->
                        node.rests(chat) && node.runtime.thread(HENRY, chat).status() == ThreadStatus.PARKED);
        return chat;
    }

    private StoreConfig store(boolean postgres) {
        try {
            Path own = Files.createDirectories(folder.resolve("r" + ++number));
            return postgres ? Stores.postgres(own, PostgresServer.shared()) : Stores.h2(own);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void promise2_twoNodesResumeOneThread_oneRunsIt() {
        StoreConfig store = store(true);
        FakePermit permit = new FakePermit();
        Ledger effects = new Ledger(store.stateDir().resolve("effects"));
        try (Node one = node(Node.store(store, Tap.Ear.NONE), permit, effects);
                Node other = node(Node.store(store, Tap.Ear.NONE), permit, effects)) {
            for (int round = 1; round <= 5; round++) {
                String chat = park(round % 2 == 0 ? one : other);
                String request = Objects.requireNonNull(
                        one.runtime.approvals(HENRY, chat).get(0).requestId());
                permit.approve(RequestKind.OPERATION, request, "joe", null);
                one.runtime.wake(request);
                other.runtime.wake(request);
                await().atMost(PATIENCE)
                        .until(() ->
                                one.runtime.thread(HENRY, chat).status() == ThreadStatus.IDLE && other.rests(chat));
                assertThat(effects.lines()).as("effects after round " + round).hasSize(round);
                assertThat(one.transcript(chat).stream().filter(entry -> "await_decision".equals(entry.tool())))
                        .as("decisions told in round " + round)
                        .hasSize(1);
            }
        }
    }
}
