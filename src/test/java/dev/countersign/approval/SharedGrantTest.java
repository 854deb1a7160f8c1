package dev.countersign.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RoleAssignment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Permit keeps one grant for all approvals of a user on an instance: whose it is when one of them is taken back. */
@Tag("store")
final class SharedGrantTest {
    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private Registry registry;

    @SuppressWarnings("NullAway.Init")
    private Upkeep upkeep;

    private String renounced = "";
    private String wanted = "";

    @BeforeEach
    void approvedAndNoLongerWaitedFor() {
        registry = new Registry(folder, Watcher.Pace.unlimited(Registry.POLL));
        upkeep = registry.upkeep();
        List<String> ids = registry.pending(RequestKind.OPERATION, "henry", 2);
        renounced = ids.get(0);
        wanted = ids.get(1);
        registry.approve(RequestKind.OPERATION, renounced);
        registry.check();
        assertThat(registry.state(renounced)).isEqualTo(ApprovalState.APPROVED);
        Approval seen = registry.approvals.byRequest(renounced).orElseThrow();
        registry.database.useTransaction(tx -> upkeep.orphans().renounce(tx, seen));
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private boolean mayOperate() {
        return registry.fake.roles("henry").stream().map(RoleAssignment::role).anyMatch("_Approved_"::equals);
    }

    private void look() {
        registry.clock.advance(Duration.ofSeconds(1));
        upkeep.run(registry.moved::add);
    }

    @Test
    void promise14_whileTheOtherIsUndecided_theGrantIsTakenBack() {
        look();
        assertThat(mayOperate()).isFalse();
    }

    @Test
    void promise6_whileTheOtherIsApprovedAtPermitAndNotYetReadHere_theGrantStays() {
        registry.approve(RequestKind.OPERATION, wanted);
        assertThat(registry.state(wanted)).isEqualTo(ApprovalState.PENDING);
        look();
        assertThat(mayOperate()).as("the grant of the other one").isTrue();
    }

    @Test
    void promise6_whileTheOtherIsApprovedAndNotYetUsed_theGrantStays() {
        registry.approve(RequestKind.OPERATION, wanted);
        registry.clock.advance(Registry.POLL);
        registry.check();
        assertThat(registry.state(wanted)).isEqualTo(ApprovalState.APPROVED);
        look();
        assertThat(mayOperate()).isTrue();
    }
}
