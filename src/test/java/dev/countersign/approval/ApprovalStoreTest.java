package dev.countersign.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.core.CountersignException;
import dev.countersign.core.Digest;
import dev.countersign.thread.ThreadRow;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found of a wish that was filed before, and what may still be spent. */
@Tag("store")
@SuppressWarnings("NullAway.Init")
final class ApprovalStoreTest {
    @TempDir
    Path folder;

    private Registry registry;

    @BeforeEach
    void open() {
        registry = new Registry(folder, Watcher.Pace.unlimited(Registry.POLL));
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private Approval approved() {
        String request = registry.pending("henry", 1).get(0);
        registry.approve(request);
        registry.clock.advance(Registry.POLL);
        registry.check();
        Approval approval = registry.approvals.byRequest(request).orElseThrow();
        assertThat(approval.state()).isEqualTo(ApprovalState.APPROVED);
        return approval;
    }

    @Test
    void promise6_whatWasWithdrawnAfterItWasRead_isNotSpent() {
        Approval seen = approved();
        ThreadRow thread = registry.threads.get(seen.threadId());
        registry.database.useTransaction(
                tx -> tx.execute("UPDATE approval SET withdrawn = TRUE WHERE id = ?", seen.id()));

        assertThatThrownBy(() -> registry.database.useTransaction(tx -> registry.approvals.spend(tx, thread, seen)))
                .isInstanceOf(CountersignException.class)
                .hasMessageContaining("CS-231")
                .hasMessageContaining("withdrawn");
        assertThat(seen.withdrawn()).isFalse();
        Approval now = registry.approvals.find(seen.id()).orElseThrow();
        assertThat(now.state()).isEqualTo(ApprovalState.APPROVED);
        assertThat(now.withdrawn()).isTrue();
    }

    @Test
    void promise3_theVeryFilingIsFoundBeforeOthersOfTheSameWish_inWhateverState() {
        Approval first = approved();
        String thread = first.threadId();
        registry.clock.advance(Registry.POLL);
        String second = registry.approvals
                .byRequest(registry.pending("henry", 1).get(0))
                .orElseThrow()
                .id();
        String ours = Digest.of("ours");
        String others = Digest.of("another's");
        registry.database.useTransaction(tx -> tx.execute(
                "UPDATE approval SET state = 'FAILED', filing_key = ? WHERE id = ?", Digest.bytes(ours), second));

        assertThat(registry.approvals.standing(thread, Registry.DIGEST, ours)).hasValueSatisfying(standing -> {
            assertThat(standing.approval().id()).isEqualTo(second);
            assertThat(standing.filing()).isTrue();
        });
        assertThat(registry.approvals.standing(thread, Registry.DIGEST, others)).hasValueSatisfying(standing -> {
            assertThat(standing.approval().id()).isEqualTo(first.id());
            assertThat(standing.filing()).isFalse();
        });
        assertThat(registry.approvals.standing(thread, Digest.of("another wish"), ours))
                .isEqualTo(Optional.empty());
        registry.database.useTransaction(tx -> registry.approvals.spend(tx, registry.threads.get(thread), first));
        assertThat(registry.approvals.standing(thread, Registry.DIGEST, others)).isEmpty();
    }
}
