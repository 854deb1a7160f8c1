package dev.countersign.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.account.SettableClock;
import dev.countersign.config.StoreConfig;
import dev.countersign.db.Database;
import dev.countersign.db.PostgresServer;
import dev.countersign.db.Stores;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever changes what was written is found out. */
@Tag("store")
final class DecisionLogTest {
    private static final int PAGE = 3;
    private static final int WRITERS = 12;
    private static final int EACH = 40;

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-23T10:00:00Z"));

    @SuppressWarnings("NullAway.Init")
    private Database database;

    @SuppressWarnings("NullAway.Init")
    private DecisionLog log;

    @BeforeEach
    void open() {
        database = Stores.open(folder);
        log = new DecisionLog(database, clock);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static LogEntry entry(int number) {
        LogEntry.Place place = new LogEntry.Place("thread-1", "approval-" + number, number % 2 == 0 ? "joe" : null);
        return LogEntry.of(LogKind.APPROVED, place, Map.of("request", "request-" + number, "tool", "do_thing"));
    }

    private void write(int rows) {
        for (int i = 1; i <= rows; i++) {
            LogEntry entry = entry(i);
            database.useTransaction(tx -> log.append(tx, entry));
        }
    }

    private void tamper(String sql) {
        database.useTransaction(tx -> tx.execute(sql));
    }

    private LogVerdict check() {
        return check(null);
    }

    private LogVerdict check(@Nullable LogHead kept) {
        return ChainCheck.of(after -> log.page(after, PAGE), kept);
    }

    private static void isBrokenAt(LogVerdict verdict, long seq, String problem) {
        assertThat(verdict).isInstanceOfSatisfying(LogVerdict.Broken.class, broken -> {
            assertThat(broken.seq()).isEqualTo(seq);
            assertThat(broken.problem()).contains(problem);
            assertThat(broken.expected()).isNotEqualTo(broken.got());
            assertThat(broken.head().seq()).isLessThan(Math.max(seq, 1));
        });
    }

    @Test
    void promise11_theLogAsItWasWrittenIsIntact_alsoAfterReopening() {
        write(10);
        LogHead kept = log.head();
        write(2);
        database.close();
        open();
        assertThat(check()).isEqualTo(new LogVerdict.Intact(log.head()));
        assertThat(check(kept).intact()).isTrue();
        assertThat(check(log.head()).intact()).isTrue();
        assertThat(log.head().seq()).isEqualTo(12);
    }

    @Test
    void promise11_anEmptyLogIsIntact_unlessAHeadWasKept() {
        assertThat(check()).isEqualTo(new LogVerdict.Intact(LogHead.EMPTY));
        assertThat(check(LogHead.EMPTY).intact()).isTrue();
        isBrokenAt(check(new LogHead(1, "a".repeat(64))), 1, "missing");
        tamper("UPDATE decision_log_head SET hash = '" + "b".repeat(64) + "'");
        isBrokenAt(check(), 0, "empty");
    }

    @Test
    void promise11_aFlippedFieldIsFound_whicheverItIs() {
        write(8);
        List<String> flips = List.of(
                "created_at = created_at + 1",
                "kind = 'DENIED'",
                "thread_id = 'thread-2'",
                "subject = 'approval-5'",
                "actor = 'henry'",
                "actor = NULL",
                "detail = '{}'",
                "hash = (SELECT other.hash FROM decision_log other WHERE other.seq = 5)",
                "hash = (SELECT other.hash FROM decision_log other WHERE other.seq = 3)");
        for (String flip : flips) {
            tamper("CREATE TABLE kept AS SELECT * FROM decision_log WHERE seq = 4");
            tamper("UPDATE decision_log SET " + flip + " WHERE seq = 4");
            isBrokenAt(check(), 4, "changed");
            tamper("DELETE FROM decision_log WHERE seq = 4");
            tamper("INSERT INTO decision_log SELECT * FROM kept");
            tamper("DROP TABLE kept");
            assertThat(check().intact()).as(flip).isTrue();
        }
    }

    @Test
    void promise11_aDeletedRowIsFound_alsoWhenTheRestMovesUp() {
        write(8);
        tamper("DELETE FROM decision_log WHERE seq = 5");
        isBrokenAt(check(), 5, "missing");
        for (int seq = 6; seq <= 8; seq++) {
            tamper("UPDATE decision_log SET seq = " + (seq - 1) + " WHERE seq = " + seq);
        }
        isBrokenAt(check(), 5, "changed");
        tamper("UPDATE decision_log_head SET seq = 7");
        isBrokenAt(check(), 5, "changed");
    }

    @Test
    void promise11_reorderedRowsAreFound() {
        write(8);
        tamper("UPDATE decision_log SET seq = 100 WHERE seq = 3");
        tamper("UPDATE decision_log SET seq = 3 WHERE seq = 6");
        tamper("UPDATE decision_log SET seq = 6 WHERE seq = 100");
        isBrokenAt(check(), 3, "changed");
    }

    @Test
    void promise11_aTruncatedTailIsFound() {
        write(8);
        tamper("DELETE FROM decision_log WHERE seq > 6");
        isBrokenAt(check(), 7, "missing");
        tamper("DELETE FROM decision_log");
        isBrokenAt(check(), 1, "missing");
    }

    @Test
    void promise11_aTailTruncatedTogetherWithTheHead_isFoundByTheHeadThatWasKept() {
        write(8);
        LogHead kept = log.head();
        tamper("DELETE FROM decision_log WHERE seq > 6");
        String hash = log.page(5, 1).rows().get(0).hash();
        tamper("UPDATE decision_log_head SET seq = 6, hash = '" + hash + "'");
        assertThat(check().intact()).isTrue();
        isBrokenAt(check(kept), 7, "missing");
    }

    @Test
    void promise11_aHeadThatIsSetBack_orDoesNotFitItsRow_isFound() {
        write(8);
        String hash = log.page(5, 1).rows().get(0).hash();
        tamper("UPDATE decision_log_head SET hash = '" + hash + "'");
        isBrokenAt(check(), 8, "does not fit the last row");
        tamper("UPDATE decision_log_head SET seq = 6");
        isBrokenAt(check(), 7, "set back");
        tamper("DELETE FROM decision_log_head");
        assertThatThrownBy(this::check).hasMessageContaining("CS-241");
    }

    @Test
    void promise11_aChainRecomputedFromSomeRowOn_isFoundByTheHeadThatWasKept() {
        write(8);
        LogHead kept = log.head();
        List<LogRow> rows = log.page(0, 100).rows();
        tamper("DELETE FROM decision_log WHERE seq >= 5");
        LogHead before = rows.get(3).head();
        tamper("UPDATE decision_log_head SET seq = 4, hash = '" + before.hash() + "'");
        database.useTransaction(tx -> log.append(tx, entry(99)));
        for (int i = 6; i <= 10; i++) {
            LogEntry entry = entry(i);
            database.useTransaction(tx -> log.append(tx, entry));
        }
        assertThat(check().intact()).isTrue();
        isBrokenAt(check(kept), 8, "written anew");
        isBrokenAt(check(rows.get(4).head()), 5, "written anew");
        assertThat(check(rows.get(3).head()).intact()).isTrue();
    }

    @Test
    void promise11_aTransactionThatFailsLeavesNoRow() {
        write(2);
        assertThatThrownBy(() -> database.useTransaction(tx -> {
                    log.append(tx, entry(3));
                    throw new IllegalStateException("on purpose");
                }))
                .hasMessageContaining("on purpose");
        write(1);
        assertThat(log.page(0, 10).rows()).extracting(LogRow::seq).containsExactly(1L, 2L, 3L);
        assertThat(check().intact()).isTrue();
    }

    /** Each remembers where it left the log. */
    @Test
    void promise11_twoThatAppendInTurns_makeOneChain() {
        DecisionLog other = new DecisionLog(database, clock);
        for (int i = 1; i <= 4; i++) {
            LogEntry entry = entry(i);
            database.useTransaction(tx -> log.append(tx, entry));
            database.useTransaction(tx -> {
                other.append(tx, entry);
                other.append(tx, entry);
            });
        }
        assertThat(log.head().seq()).isEqualTo(12);
        assertThat(check().intact()).isTrue();
    }

    @Test
    void promise11_rowsAppendedBetweenAFirstPageAndItsHead_areNotCalledMissing() {
        write(2);
        AtomicBoolean first = new AtomicBoolean(true);
        LogVerdict verdict = ChainCheck.of(
                after -> {
                    LogPage page = log.page(after, PAGE);
                    return first.getAndSet(false) ? new LogPage(List.of(), page.head()) : page;
                },
                null);
        assertThat(verdict).isEqualTo(new LogVerdict.Intact(log.head()));
    }

    @Test
    void promise11_manyWritersAtOnceMakeOneChainWithoutGaps() throws Exception {
        manyWriters(Stores.config(folder));
    }

    @Test
    void promise11_manyWritersAtOnceMakeOneChainWithoutGaps_onPostgres() throws Exception {
        manyWriters(Stores.postgres(folder, PostgresServer.shared()));
    }

    private void manyWriters(StoreConfig config) throws Exception {
        database.close();
        database = Database.open(config);
        log = new DecisionLog(database, clock);
        ExecutorService pool = Executors.newFixedThreadPool(WRITERS);
        try {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<?>> all = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                all.add(pool.submit(() -> {
                    go.await();
                    write(EACH);
                    return null;
                }));
            }
            go.countDown();
            // A reader in between sees a chain that is whole as far as it goes.
            assertThat(check().intact()).isTrue();
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            pool.shutdown();
        }
        assertThat(check()).isEqualTo(new LogVerdict.Intact(log.head()));
        assertThat(log.head().seq()).isEqualTo((long) WRITERS * EACH);
    }

    @Test
    void aHeadIsReadAsItIsPrinted_andNothingElseIs() {
        write(3);
        assertThat(LogHead.parse(" " + log.head() + "\n")).isEqualTo(log.head());
        for (String other : List.of("", "3", "3:abc", "-1:" + "0".repeat(64), "3:" + "0".repeat(65))) {
            assertThatThrownBy(() -> LogHead.parse(other)).hasMessageContaining("CS-240");
        }
    }
}
