package dev.countersign.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class EffectLifecycleTest {
    @Test
    void everyRow_leadsWhereItSays_andEverythingElseIsRefused() {
        for (EffectState from : EffectState.values()) {
            for (EffectEvent event : EffectEvent.values()) {
                var row = EffectLifecycle.MOVES.stream()
                        .filter(move -> move.from() == from && move.event() == event)
                        .toList();
                if (row.isEmpty()) {
                    assertThatThrownBy(() -> EffectLifecycle.next(from, event))
                            .hasMessageContaining(from.name())
                            .hasMessageContaining(event.name())
                            .hasMessageContaining("CS-411");
                } else {
                    assertThat(row).hasSize(1);
                    assertThat(EffectLifecycle.next(from, event))
                            .isEqualTo(row.get(0).to());
                }
            }
        }
    }

    @Test
    void promise4_nothingButAPersonMovesAnEndedEffect() {
        var byMachine = EffectLifecycle.MOVES.stream()
                .filter(move -> move.from().ended())
                .toList();
        assertThat(byMachine)
                .extracting(EffectLifecycle.Move::event)
                .containsExactlyInAnyOrder(EffectEvent.CONFIRM, EffectEvent.REFUTE, EffectEvent.RETRY);
        assertThat(byMachine).allMatch(move -> move.from() == EffectState.UNKNOWN);
    }

    @Test
    void everyOutcome_isItsStateAndBack() {
        for (ToolOutcome outcome : new ToolOutcome[] {
            new ToolOutcome.Succeeded("a"),
            new ToolOutcome.Failed("b"),
            new ToolOutcome.NotSent("c"),
            new ToolOutcome.Unknown("d")
        }) {
            EffectState state = EffectState.of(outcome);
            assertThat(state.outcome(outcome.text())).isEqualTo(outcome);
            assertThat(EffectLifecycle.next(EffectState.DISPATCHED, EffectEvent.of(outcome)))
                    .isEqualTo(state);
        }
    }
}
