package dev.countersign.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.ApprovalFigures.Decided;
import dev.countersign.core.Digest;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.thread.LogKeys;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStore;
import dev.countersign.thread.ThreadStore.NewThread;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("store")
final class ApprovalFiguresTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final List<Duration> AGES = List.of(Duration.ofHours(1), Duration.ofDays(1));

    @TempDir
    Path folder;

    private int rows;

    /** Threads that the rows are of; only the first is parked. */
    private static void threads(Database store) {
        ThreadStore threads = new ThreadStore(store, new LogKeys(store), Clock.fixed(NOW, ZoneOffset.UTC));
        for (String id : List.of("t", "busy")) {
            threads.create(new NewThread(id, "log-" + id, "henry", "a", ThreadKind.CHAT, "a chat"));
        }
        store.useTransaction(tx -> tx.execute("UPDATE thread SET status = 'PARKED' WHERE id = 't'"));
    }

    private void row(Database store, ApprovalState state, Duration age, @Nullable Duration decidedAgo) {
        store.useTransaction(tx -> tx.createUpdate("""
                        INSERT INTO approval (id, thread_id, filing_key, reference, kind, state, version, requester, agent, tool,
                            argument_digest, body, reviewer, created_at, deadline, next_check, decided_at)
                        VALUES (:id, 't', :key, 'r', 'ACCESS', :state, 0, 'henry', 'a', 'x', :key, :body, 'joe', :at, 0, 0, :decided)
                        """)
                .bind("id", "row-" + ++rows)
                .bind("key", Digest.bytes(Digest.of("row-" + rows)))
                .bind("state", state.name())
                .bind("body", new byte[] {1})
                .bind("at", NOW.minus(age).toEpochMilli())
                .bind(
                        "decided",
                        decidedAgo == null ? null : NOW.minus(decidedAgo).toEpochMilli())
                .execute());
    }

    @Test
    void whatIsParkedIsCountedByItsAge_andNothingElse() {
        try (Database store = Stores.open(folder)) {
            threads(store);
            ApprovalFigures figures = new ApprovalFigures(store);
            assertThat(figures.waiting(NOW, AGES).stream().map(ApprovalFigures.Waiting::count))
                    .containsExactly(0, 0, 0);
            row(store, ApprovalState.PENDING, Duration.ofMinutes(1), null);
            row(store, ApprovalState.PENDING, Duration.ofMinutes(59), null);
            row(store, ApprovalState.PENDING, Duration.ofHours(1), null);
            row(store, ApprovalState.PENDING, Duration.ofDays(400), null);
            row(store, ApprovalState.APPROVED, Duration.ofMinutes(1), Duration.ZERO);
            row(store, ApprovalState.FILING, Duration.ofMinutes(1), null);
            // Its thread is at work, as it is while its user talks on: nothing is parked.
            row(store, ApprovalState.PENDING, Duration.ofMinutes(1), null);
            store.useTransaction(
                    tx -> tx.execute("UPDATE approval SET thread_id = 'busy' WHERE id = 'row-" + rows + "'"));

            assertThat(figures.waiting(NOW, AGES).stream().map(ApprovalFigures.Waiting::count))
                    .containsExactly(2, 1, 1);
            assertThat(figures.waiting(NOW, AGES).get(2).upTo()).isNull();
        }
    }

    @Test
    void decisionsAreYesAndNoOfReviewers_theLatestFirst_withinTheStretch() {
        try (Database store = Stores.open(folder)) {
            row(store, ApprovalState.SPENT, Duration.ofHours(3), Duration.ofHours(2));
            row(store, ApprovalState.DENIED, Duration.ofHours(3), Duration.ofHours(1));
            row(store, ApprovalState.EXPIRED, Duration.ofHours(3), Duration.ofHours(1));
            row(store, ApprovalState.CANCELED, Duration.ofHours(3), Duration.ofHours(1));
            row(store, ApprovalState.APPROVED, Duration.ofDays(30), Duration.ofDays(20));

            List<Decided> decided = new ApprovalFigures(store).decided(NOW.minus(Duration.ofDays(14)), NOW);

            assertThat(decided)
                    .containsExactly(
                            new Decided(false, "joe", NOW.minus(Duration.ofHours(3)), NOW.minus(Duration.ofHours(1))),
                            new Decided(true, "joe", NOW.minus(Duration.ofHours(3)), NOW.minus(Duration.ofHours(2))));
        }
    }

    @Test
    void promise9_aFigureIsAStretchOfAnIndex_notAScan() {
        try (Database store = Stores.open(folder)) {
            // PostgreSQL reads a table of a few rows whole, rightly.
            if (store.isExclusive()) {
                assertThat(
                                plan(
                                        store,
                                        "SELECT id FROM approval WHERE state = 'PENDING' AND created_at > 1 AND created_at <= 2"))
                        .contains("APPROVAL_STATE_CREATED");
                assertThat(plan(
                                store,
                                "SELECT state FROM approval WHERE decided_at >= 1 AND decided_at < 2"
                                        + " ORDER BY decided_at DESC LIMIT 5"))
                        .contains("APPROVAL_DECIDED");
            }
        }
    }

    private static String plan(Database store, String query) {
        return store.jdbi()
                .withHandle(handle -> handle.createQuery("EXPLAIN " + query)
                        .mapTo(String.class)
                        .one());
    }
}
