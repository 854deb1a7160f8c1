package dev.countersign.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.core.CountersignException;
import dev.countersign.crash.Tap;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events by what was seen of their thread before, which may be less than there is. */
@Tag("store")
final class AcceptedEventsTest {
    private static final String THREAD = "00000000-0000-0000-0000-000000000001";

    @TempDir
    Path folder;

    private final Clock clock = Clock.systemUTC();
    private Database database;
    private ThreadStore threads;
    private ThreadRow seen;

    @BeforeEach
    void open() {
        database = Stores.open(folder);
        threads = new ThreadStore(database, new LogKeys(database), clock);
        seen = threads.create(new ThreadStore.NewThread(THREAD, "log", "henry", "things", ThreadKind.CHAT, "a chat"));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void promise1_manyWhoSawTheSame_areAllAccepted_eachInItsPlace() {
        List<Long> places = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            threads.accept(seen, EventKind.MESSAGE, "word " + i, event -> places.add(event.seq()));
        }
        assertThat(places).containsExactly(1L, 2L, 3L);
        ThreadRow now = threads.get(THREAD);
        assertThat(LongStream.rangeClosed(1, 3)
                        .mapToObj(seq -> threads.event(now, seq).orElseThrow().body()))
                .containsExactly("word 1", "word 2", "word 3");
    }

    @Test
    void promise1_whoIsToldOfAnEvent_findsIt_andItsSenderWaitsUntilItIsDurable() {
        List<String> order = new CopyOnWriteArrayList<>();
        Tap.Ear ear = new Tap.Ear() {
            @Override
            public void before(Tap.Call call) {}

            @Override
            public void after(Tap.Call call) {
                if (call instanceof Tap.Said said && said.begins("CHECKPOINT SYNC")) {
                    order.add("durable");
                }
            }
        };
        try (Database tapped = Stores.open(Stores.config(folder.resolve("tapped")), real -> Tap.on(real, ear))) {
            ThreadStore store = new ThreadStore(tapped, new LogKeys(tapped), clock);
            ThreadRow row = store.create(
                    new ThreadStore.NewThread("tapped", "taps", "henry", "things", ThreadKind.CHAT, "a chat"));
            order.clear();
            store.accept(row, EventKind.MESSAGE, "hello", event -> {
                order.add("told");
                assertThat(store.next(store.get("tapped"))).hasValue(event);
                assertThat(store.next(store.get("tapped"), event)).hasValue(event);
            });
            order.add("accepted");
            assertThat(order)
                    .isEqualTo(
                            tapped.isExclusive()
                                    ? List.of("told", "durable", "accepted")
                                    : List.of("told", "accepted"));
            store.accept(store.get("tapped"), EventKind.MESSAGE, "again", again -> {
                Event other = new Event("other", 1, EventKind.MESSAGE, "of another thread", again.at());
                assertThat(store.next(store.get("tapped"), again))
                        .map(Event::body)
                        .hasValue("hello");
                assertThat(store.next(store.get("tapped"), other))
                        .map(Event::body)
                        .hasValue("hello");
            });
        }
    }

    @Test
    void oneWhoseThreadIsGone_isRefused() {
        database.useTransaction(tx -> tx.execute("DELETE FROM thread"));
        assertThatThrownBy(() -> threads.accept(seen, EventKind.MESSAGE, "hello", event -> {}))
                .isInstanceOf(CountersignException.class)
                .hasMessageContaining("CS-212");
    }

    @Test
    void promise2_theRowThatIsReadWithALease_isTheOneUnderIt() {
        Leases ours = new Leases(database, clock, "ours", Duration.ofSeconds(30));
        ThreadRow first = ours.take(THREAD, threads).orElseThrow();
        assertThat(ours.take(THREAD, threads)).isEmpty();
        Lease lease = new Lease(THREAD, first.fence());
        ours.renew(lease);
        ours.drop(lease);
        assertThat(ours.take(THREAD, threads).orElseThrow().fence()).isGreaterThan(first.fence());
        assertThatThrownBy(() -> ours.renew(lease)).isInstanceOf(LostLease.class);
    }
}
