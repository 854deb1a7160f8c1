package dev.countersign.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class LifecycleTest {
    @Test
    void everyRowOfTheTableIsTaken_andEveryOtherMoveIsRefusedByName() {
        for (ApprovalState from : ApprovalState.values()) {
            for (Lifecycle.Move move : Lifecycle.Move.values()) {
                var row = Lifecycle.table().stream()
                        .filter(one -> one.from() == from && one.move() == move)
                        .findFirst();
                if (row.isPresent()) {
                    assertThat(Lifecycle.after(from, move)).isEqualTo(row.get().to());
                } else {
                    assertThatThrownBy(() -> Lifecycle.after(from, move))
                            .hasMessageContaining("CS-230")
                            .hasMessageContaining(from.name())
                            .hasMessageContaining(move.name());
                }
            }
        }
    }

    @Test
    void finalStatesHaveNoWayOut_andEveryStateIsReachable() {
        for (ApprovalState state : ApprovalState.values()) {
            assertThat(Lifecycle.table().stream().anyMatch(row -> row.from() == state))
                    .isEqualTo(!state.isFinal());
            assertThat(state == ApprovalState.FILING
                            || Lifecycle.table().stream().anyMatch(row -> row.to() == state))
                    .isTrue();
        }
    }

    @Test
    void theDiagramIsPrintedFromTheTable() throws IOException {
        Path file = Path.of("graphs/approval-lifecycle.mmd");
        if (!Files.exists(file) || !Files.readString(file).equals(Lifecycle.diagram())) {
            Files.writeString(file, Lifecycle.diagram());
        }
        assertThat(Files.readString(file)).contains("PENDING --> APPROVED : APPROVE");
    }
}
