package dev.countersign.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.account.SettableClock;
import dev.countersign.approval.CallBudget.Lane;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CallBudgetTest {
    private static final Duration STEP = Duration.ofMillis(100);

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T10:00:00Z"));

    /** Takes a step of that cost while the lane is open; says how many requests that were. */
    private static int drain(CallBudget budget, Lane lane, int cost) {
        int calls = 0;
        while (budget.isOpen(lane)) {
            budget.spend(lane, cost);
            calls += cost;
        }
        return calls;
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 61, 100, 600, 1000})
    void promise10_inNoMinuteIsTheLimitExceeded_howeverGreedyBothLanesAre(int limit) {
        for (int cost : new int[] {1, 2, 5, CallBudget.STEP_MAX}) {
            CallBudget budget = new CallBudget(limit, clock);
            Deque<Integer> minute = new ArrayDeque<>();
            int inMinute = 0;
            for (int tenth = 0; tenth < 3000; tenth++) {
                int calls = drain(budget, Lane.WOKEN, cost) + drain(budget, Lane.POLLED, cost);
                minute.add(calls);
                inMinute += calls;
                if (minute.size() > 600) {
                    inMinute -= minute.remove();
                }
                assertThat(inMinute).as("steps of " + cost).isLessThanOrEqualTo(limit);
                clock.advance(STEP);
            }
            assertThat(inMinute).as("something gets through").isPositive();
        }
    }

    @Test
    void eachLaneHasItsHalf_whateverTheOtherTakes() {
        CallBudget budget = new CallBudget(600, clock);
        int polled = 0;
        for (int second = 0; second < 60; second++) {
            drain(budget, Lane.WOKEN, 1);
            clock.advance(Duration.ofSeconds(1));
            drain(budget, Lane.WOKEN, 1);
            polled += drain(budget, Lane.POLLED, 1);
        }
        assertThat(polled).isGreaterThan(200);
    }

    @Test
    void whatOneLaneDoesNotUse_theOtherHas() {
        CallBudget budget = new CallBudget(600, clock);
        int polled = 0;
        for (int second = 0; second < 60; second++) {
            polled += drain(budget, Lane.POLLED, 1);
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(polled).isGreaterThan(450);
    }

    @Test
    void whenPermitWantsAPause_nobodyAsks_andAfterwardsTheyDo() {
        CallBudget budget = new CallBudget(600, clock);
        budget.closeFor(Duration.ofSeconds(30));
        budget.closeFor(Duration.ofSeconds(5));
        clock.advance(Duration.ofSeconds(29));
        assertThat(budget.isOpen(Lane.WOKEN) || budget.isOpen(Lane.POLLED)).isFalse();
        clock.advance(Duration.ofSeconds(1));
        assertThat(budget.isOpen(Lane.WOKEN) && budget.isOpen(Lane.POLLED)).isTrue();
    }

    @Test
    void aClockThatIsSetBack_givesNothingAndStopsNothing() {
        CallBudget budget = new CallBudget(60, clock);
        drain(budget, Lane.POLLED, 1);
        clock.advance(Duration.ofHours(-5));
        assertThat(budget.isOpen(Lane.POLLED)).isFalse();
        clock.advance(Duration.ofSeconds(30));
        assertThat(budget.isOpen(Lane.POLLED)).isTrue();
    }

    @Test
    void aLimitThatCannotBeKept_isRefused() {
        assertThatThrownBy(() -> new CallBudget(20, clock)).isInstanceOf(IllegalArgumentException.class);
    }
}
