package dev.countersign.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.mcpserver.FakePermit;
import dev.countersign.permit.PermitException;
import dev.countersign.permit.RequestFilter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How few requests many approvals cost, and that no decision is lost by it. */
@Tag("store")
final class WatcherTest {
    private static final int LEAST = 60;

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private Registry registry;

    @AfterEach
    void close() {
        registry.close();
    }

    private void unlimited() {
        registry = new Registry(folder, Watcher.Pace.unlimited(Registry.POLL));
    }

    private void limited(int callsPerMinute) {
        registry = new Registry(folder, new Watcher.Pace(Registry.POLL, callsPerMinute));
    }

    private void tick() {
        registry.clock.advance(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 0", "5, 5, 0", "10, 0, 1", "1000, 0, 10"})
    void promise10_manyPendingApprovalsCostFewRequests(int pending, int reads, int lists) {
        unlimited();
        registry.pending("henry", pending);
        registry.check();
        assertThat(registry.calls("get")).isEqualTo(reads);
        assertThat(registry.calls("list")).isEqualTo(lists);
        assertThat(registry.fake.calls).hasSize(reads + lists);
        assertThat(registry.moved).isEmpty();
        registry.check();
        assertThat(registry.fake.calls).as("nothing is due").hasSize(reads + lists);
    }

    @Test
    void promise5_whatIsNoLongerListedAsPending_isReadBackById_andNobodyIsLookedUpTwice() {
        unlimited();
        List<String> ids = registry.pending("henry", 250);
        List<String> decided = List.of(ids.get(0), ids.get(120), ids.get(249));
        decided.forEach(registry::approve);
        registry.fake.calls.clear();
        registry.check();
        assertThat(decided).allMatch(id -> registry.state(id) == ApprovalState.APPROVED);
        assertThat(registry.events("henry")).isEqualTo(3);
        assertThat(registry.calls("list")).isEqualTo(3);
        assertThat(registry.calls("get")).isEqualTo(3);
        assertThat(registry.calls("user")).as("henry and joe").isEqualTo(2);
        assertThat(registry.calls("instance")).isZero();
    }

    @Test
    void aLongListIsNotReadForAFew() {
        unlimited();
        registry.pending("henry", 2_000);
        registry.check();
        // Half an hour old, asked for again after a twentieth of it.
        registry.clock.advance(Duration.ofMinutes(30));
        registry.check();
        List<String> young = registry.pending("henry", 6);
        registry.approve(young.get(5));
        registry.fake.calls.clear();
        registry.check();
        assertThat(registry.state(young.get(5))).isEqualTo(ApprovalState.APPROVED);
        assertThat(registry.calls("list")).isEqualTo(1);
        assertThat(registry.calls("get")).isEqualTo(6);
    }

    @Test
    void promise10_inNoMinuteMoreRequestsAreSentThanConfigured_andEverybodysTurnComes() {
        limited(LEAST);
        Set<String> decided = new HashSet<>();
        for (String user : List.of("henry", "rose", "stranger")) {
            List<String> ids = registry.pending(user, 300);
            IntStream.of(3, 77, 150, 299).forEach(i -> decided.add(ids.get(i)));
        }
        decided.forEach(registry::approve);
        registry.fake.calls.clear();
        Deque<Integer> minute = new ArrayDeque<>(Collections.nCopies(60, 0));
        int before = 0;
        int inMinute = 0;
        for (int second = 0; second < 300; second++) {
            registry.check();
            int now = registry.fake.calls.size();
            minute.add(now - before);
            inMinute += now - before - minute.remove();
            before = now;
            assertThat(inMinute).isLessThanOrEqualTo(LEAST);
            tick();
        }
        assertThat(decided).allMatch(id -> registry.state(id) == ApprovalState.APPROVED);
        assertThat(registry.moved).hasSize(decided.size());
    }

    @Test
    void promise10_aFloodOfWebhooksStarvesNobody_andIsNotStarved() {
        limited(LEAST);
        registry.pending("henry", 4);
        List<String> rose = registry.pending("rose", 200);
        registry.approve(rose.get(150));
        boolean poll = false;
        for (int second = 0; second < 120 && !poll; second++) {
            registry.watcher.wakeRequester("henry");
            registry.answer();
            registry.check();
            poll = registry.state(rose.get(150)) == ApprovalState.APPROVED;
            tick();
        }
        assertThat(poll)
                .as("rose is polled although henry is woken all the time")
                .isTrue();
        List<String> joe = registry.pending("jane", 1);
        registry.approve(joe.get(0));
        boolean woken = false;
        for (int second = 0; second < 60 && !woken; second++) {
            registry.watcher.wakeRequester(FakePermit.uuid("user jane"));
            registry.check();
            woken = registry.state(joe.get(0)) == ApprovalState.APPROVED;
            tick();
        }
        assertThat(woken).isTrue();
    }

    @Test
    void promise10_whoeverKnocked_isLookedAtToTheEnd_howeverLongTheBudgetTakes() {
        limited(LEAST);
        Set<String> decided = new HashSet<>();
        for (String user : List.of("henry", "rose", "stranger")) {
            decided.addAll(registry.pending(user, 30).subList(10, 20));
            registry.watcher.wakeRequester(user);
        }
        decided.forEach(registry::approve);
        for (int second = 0; second < 600; second++) {
            registry.answer();
            tick();
        }
        assertThat(decided).allMatch(id -> registry.state(id) == ApprovalState.APPROVED);
    }

    @Test
    void manyWebhooksTogetherCostOneLook() {
        unlimited();
        List<String> ids = registry.pending("henry", 2);
        registry.check();
        registry.approve(ids.get(1));
        registry.fake.calls.clear();
        for (int i = 0; i < 500; i++) {
            registry.watcher.wakeRequester(FakePermit.uuid("user henry"));
            registry.watcher.wakeRequester(FakePermit.uuid("nobody"));
        }
        assertThat(registry.answer()).isFalse();
        assertThat(registry.state(ids.get(1))).isEqualTo(ApprovalState.APPROVED);
        assertThat(registry.calls("get")).isEqualTo(2);
        assertThat(registry.calls("user")).as("henry, nobody and joe").isEqualTo(3);
        registry.fake.calls.clear();
        registry.watcher.wakeRequester(FakePermit.uuid("user henry"));
        registry.watcher.wakeRequester(FakePermit.uuid("nobody"));
        registry.answer();
        assertThat(registry.fake.calls).as("duplicates and late ones").hasSize(1);
        assertThat(registry.events("henry")).isEqualTo(1);
    }

    @Test
    void aWebhookThatOvertakesItsFiling_isKeptUntilTheIdIsKnown() {
        unlimited();
        registry.pending("henry", 1);
        registry.check();
        registry.watcher.wakeRequest("0e1f0000-0000-4000-8000-00000000abcd");
        assertThat(registry.answer()).as("to be looked at again").isTrue();
        registry.clock.advance(Duration.ofMinutes(1));
        registry.answer();
        assertThat(registry.answer()).as("given up").isFalse();
    }

    @Test
    void whoIsToldTwiceOfADecision_looksForNothingMore() {
        unlimited();
        List<String> ids = registry.pending("henry", 1);
        registry.approve(ids.get(0));
        registry.watcher.wakeRequest(ids.get(0));
        assertThat(registry.answer()).isFalse();
        registry.fake.calls.clear();
        registry.watcher.wakeRequest(ids.get(0));
        assertThat(registry.answer()).as("to be looked at again").isFalse();
        assertThat(registry.fake.calls).isEmpty();
    }

    @Test
    void promise10_thoseOfWhomNothingIsKnownYet_delayNobodyWhoKnocksAfterThem() {
        unlimited();
        Knocks knocks = new Knocks(registry.clock);
        Knocks.Knock early = new Knocks.Knock(true, "early");
        knocks.add(early);
        knocks.take(early);
        knocks.putBack(early, registry.clock.instant());
        assertThat(knocks.hasFresh()).isFalse();
        Knocks.Knock late = new Knocks.Knock(true, "late");
        knocks.add(late);
        assertThat(knocks.fresh()).extracting(Map.Entry::getKey).containsExactly(late);
        assertThat(knocks.all()).extracting(Map.Entry::getKey).containsExactly(early, late);
        knocks.add(early);
        assertThat(knocks.fresh())
                .as("said again")
                .extracting(Map.Entry::getKey)
                .containsExactly(late, early);
        assertThat(knocks.all()).hasSize(2);
    }

    @Test
    void whenPermitSays429_nothingIsAskedForThatLong_andNothingIsLost() {
        unlimited();
        List<String> ids = registry.pending("henry", 20);
        registry.approve(ids.get(7));
        registry.fake.calls.clear();
        registry.fault = (method, arguments) -> {
            throw FakePermit.refused(429, "slow down").askingForPause(Duration.ofSeconds(30));
        };
        registry.check();
        registry.fault = null;
        for (int second = 0; second < 29; second++) {
            tick();
            registry.watcher.wakeRequester("henry");
            registry.check();
            registry.answer();
        }
        assertThat(registry.fake.calls).isEmpty();
        tick();
        registry.check();
        assertThat(registry.state(ids.get(7))).isEqualTo(ApprovalState.APPROVED);
    }

    @Test
    void aListThatFails_orLeavesOutHalf_losesNoDecision() {
        unlimited();
        List<String> ids = registry.pending("henry", 150);
        registry.approve(ids.get(149));
        registry.fault = (method, arguments) -> {
            if (method.equals("list") && ((RequestFilter) arguments.get(2)).page() == 2) {
                throw broken();
            }
        };
        registry.check();
        assertThat(registry.state(ids.get(149))).isEqualTo(ApprovalState.APPROVED);
        assertThat(registry.calls("get")).as("those of the second page").isEqualTo(50);
    }

    private static PermitException broken() {
        return FakePermit.refused(500, "broken");
    }

    @Test
    void anApprovalThatCannotBeRead_holdsNobodyUp() {
        unlimited();
        List<String> henry = registry.pending("henry", 4);
        tick();
        List<String> rose = registry.pending("rose", 1);
        registry.approve(rose.get(0));
        registry.fault = (method, arguments) -> {
            if (method.equals("get") && henry.contains(arguments.get(1))) {
                throw broken();
            }
        };
        registry.check();
        registry.check();
        assertThat(registry.state(rose.get(0))).isEqualTo(ApprovalState.APPROVED);
        assertThat(henry).allMatch(id -> registry.state(id) == ApprovalState.PENDING);
    }

    @Test
    void aThreadWhoseTextsWereErased_holdsNobodyUp() {
        unlimited();
        registry.pending("henry", 1);
        tick();
        List<String> rose = registry.pending("rose", 1);
        registry.approve(rose.get(0));
        registry.database.useTransaction(
                tx -> tx.createUpdate("UPDATE approval SET body = :body WHERE requester = 'henry'")
                        .bind("body", new byte[] {1, 2, 3})
                        .execute());
        registry.check();
        assertThat(registry.state(rose.get(0))).isEqualTo(ApprovalState.APPROVED);
    }

    @Test
    void promise6_whoMovesAnApprovalSecond_leavesNoEvent() {
        unlimited();
        List<String> ids = registry.pending("henry", 1);
        registry.approve(ids.get(0));
        registry.fault = (method, arguments) -> {
            if (method.equals("user") && arguments.get(0).equals("henry")) {
                registry.fault = null;
                Approval seen = registry.approvals.byRequest(ids.get(0)).orElseThrow();
                registry.database.useTransaction(
                        tx -> registry.approvals.move(tx, seen, Lifecycle.Move.WITHDRAW, ApprovalStore.Facts.NONE));
            }
        };
        registry.check();
        assertThat(registry.state(ids.get(0))).isEqualTo(ApprovalState.CANCELED);
        assertThat(registry.events("henry")).isZero();
        assertThat(registry.moved).isEmpty();
    }
}
