package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static dev.countersign.graph.World.JOE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.graph.AgentRuntime.ForkWish;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.log.ChainCheck;
import dev.countersign.log.LogKind;
import dev.countersign.log.LogRow;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.StaleThreads;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.ToolOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an agent's file keeps no longer is erased, and nothing else. */
@Tag("store")
final class RetainingTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Retention TEN_DAYS = new Retention(Duration.ofDays(10), null);
    private static final String ASK =
            "call create_access_request {\"resource_instance\":\"3\",\"role\":\"child-can-view\",\"reason\":\"why\"}";

    @TempDir
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private World world;

    @BeforeEach
    void open() {
        world = new World(folder, ScriptedModel.obedient());
    }

    @AfterEach
    void close() {
        world.close();
    }

    private Retaining retaining(Retention retention, int page, int most) {
        return new Retaining(world.ports, List.of(World.agent(Limits.DEFAULTS).keeping(retention)), page, most);
    }

    private void run(Retention retention) {
        world.quiet();
        retaining(retention, 2, 100).run();
    }

    private String said(Principal user, String text) {
        String thread = world.chat(user);
        world.say(user, thread, text);
        return thread;
    }

    private List<String> left(Principal user) {
        return world.runtime.threads(user, null, 100).stream()
                .map(ThreadView::id)
                .toList();
    }

    private List<LogRow> erasures() {
        return world.ports.log().page(0, 1_000).rows().stream()
                .filter(row -> row.kind().equals(LogKind.ERASED.name()))
                .toList();
    }

    private void decided(String thread) {
        world.permit.deny(
                RequestKind.ACCESS,
                Objects.requireNonNull(world.approval(HENRY, thread, 0).requestId()),
                "joe",
                "no");
        world.runtime.wake();
        world.waitFor(HENRY, thread, ThreadStatus.IDLE);
    }

    @Test
    void promise13_whatRestsAndIsOlderThanItsAgentKeeps_isErased_andTheLogSaysWhyAndStillVerifies() {
        String old = said(HENRY, "call do_thing {\"name\":\"x\"}");
        String other = said(JOE, "old too");
        String third = said(HENRY, "and this");
        world.clock.advance(DAY.multipliedBy(9));
        String young = said(HENRY, "young");
        world.say(HENRY, third, "spoken in again");
        world.clock.advance(DAY.multipliedBy(2));

        run(TEN_DAYS);

        assertThat(left(HENRY)).containsExactlyInAnyOrder(young, third);
        assertThat(left(JOE)).isEmpty();
        assertThat(erasures()).extracting(LogRow::threadId).containsExactlyInAnyOrder(old, other);
        assertThat(erasures()).allSatisfy(row -> {
            assertThat(row.actor()).isNull();
            assertThat(row.detail()).isEqualTo("{\"forks\":\"KEEP\",\"retention\":\"age 10d\"}");
        });
        assertThat(ChainCheck.of(after -> world.ports.log().page(after, 100), null)
                        .intact())
                .isTrue();
        assertThatThrownBy(() -> world.runtime.thread(HENRY, old)).hasMessageContaining("CS-212");
        world.say(HENRY, young, "still here");
        assertThat(world.lastText(HENRY, young)).isEqualTo("you said still here");
    }

    @Test
    void ofEachOwnersConversations_thoseInWhichSomethingHappenedLastAreKept() {
        String first = said(HENRY, "1");
        String second = said(HENRY, "2");
        String third = said(HENRY, "3");
        String fourth = said(HENRY, "4");
        String fifth = said(HENRY, "5");
        String joes = said(JOE, "only one");
        world.say(HENRY, first, "again");

        run(new Retention(null, 2));

        assertThat(left(HENRY)).containsExactlyInAnyOrder(first, fifth);
        assertThat(left(JOE)).containsExactly(joes);
        assertThat(erasures()).extracting(LogRow::threadId).containsExactly(second, third, fourth);
        assertThat(erasures().get(0).detail()).contains("\"retention\":\"count 2\"");
    }

    @Test
    void whatWaitsOrNeedsSomebody_stays_howeverOld() {
        String parked = world.chat(HENRY);
        world.runtime.send(HENRY, parked, ASK);
        world.waitFor(HENRY, parked, ThreadStatus.PARKED);
        world.tools.add("do_thing", false, List.of("name"), call -> new ToolOutcome.Unknown("{}"));
        String unknown = said(HENRY, "call do_thing {\"name\":\"x\"}");
        assertThat(world.runtime.thread(HENRY, unknown).status()).isEqualTo(ThreadStatus.NEEDS_ATTENTION);
        String rests = said(HENRY, "rests");
        world.clock.advance(DAY.multipliedBy(6));
        // Half of the request's time: it is pending still.
        for (Retention rule : List.of(new Retention(DAY, null), new Retention(null, 1), new Retention(DAY, 1))) {
            run(rule);
        }

        assertThat(left(HENRY)).containsExactlyInAnyOrder(parked, unknown);
        assertThat(erasures()).extracting(LogRow::threadId).containsExactly(rests);
        decided(parked);
        world.clock.advance(DAY.multipliedBy(2));
        run(new Retention(DAY, null));
        assertThat(left(HENRY)).containsExactly(unknown);
    }

    @Test
    void whatRestsByItsRow_butHasAnUnknownEffectOrAnOpenApproval_stays() {
        world.tools.add("do_thing", false, List.of("name"), call -> new ToolOutcome.Unknown("{}"));
        String unknown = said(HENRY, "call do_thing {\"name\":\"x\"}");
        String asked = said(
                HENRY,
                "call create_access_request {\"resource_instance\":\"3\",\"role\":\"child-can-view\","
                        + "\"reason\":\"why\"}");
        world.database.useTransaction(tx -> tx.execute("UPDATE thread SET status = 'CANCELED'"));
        world.clock.advance(DAY.multipliedBy(2));

        run(new Retention(DAY, null));

        assertThat(left(HENRY)).containsExactlyInAnyOrder(unknown, asked);
        assertThat(erasures()).isEmpty();
    }

    @Test
    void whatHappensBetweenTheLookAndTheErasure_keepsTheConversation() {
        String thread = said(HENRY, "one");
        world.clock.advance(DAY.multipliedBy(2));
        StaleThreads.Found seen = new StaleThreads(world.database)
                .old("things", world.clock.instant(), new dev.countersign.core.Mark(0, ""), 10)
                .get(0);

        world.say(HENRY, thread, "two");
        assertThat(new Erasure(world.ports).retire(seen, TEN_DAYS)).isFalse();
        assertThat(world.transcript(HENRY, thread)).hasSize(4);
        world.ports.threads().accept(thread, EventKind.MESSAGE, "three");
        world.runtime.take(thread);
        world.waitFor(HENRY, thread, ThreadStatus.IDLE);
        assertThat(erasures()).isEmpty();
    }

    @Test
    void forksKeepReadingWhatTheyShare_whenTheirParentIsBeyondItsTime() {
        String parent = said(HENRY, "one");
        long step = world.ports.threads().get(parent).head();
        world.say(HENRY, parent, "the parent's own");
        world.clock.advance(DAY.multipliedBy(9));
        String child = world.runtime
                .fork(HENRY, parent, new ForkWish(step, null, null))
                .id();
        String grandchild =
                world.runtime.fork(HENRY, child, new ForkWish(1L, null, null)).id();
        world.clock.advance(DAY.multipliedBy(2));

        run(TEN_DAYS);

        assertThat(left(HENRY)).containsExactlyInAnyOrder(child, grandchild);
        for (String fork : List.of(child, grandchild)) {
            assertThat(world.transcript(HENRY, fork).stream().map(Entry::text)).containsExactly("one", "you said one");
        }
        world.clock.advance(DAY.multipliedBy(20));
        run(TEN_DAYS);
        assertThat(left(HENRY)).isEmpty();
        for (String table : List.of("thread", "message", "message_log", "segment", "checkpoint", "event")) {
            assertThat(count(table)).as(table).isZero();
        }
    }

    private long count(String table) {
        return world.database
                .jdbi()
                .withHandle(handle -> handle.createQuery("SELECT count(*) FROM " + table)
                        .mapTo(Long.class)
                        .one());
    }

    @Test
    void aGoIsBounded_theNextGoesOn_andWhatMustStayIsInNobodysWay() {
        world.tools.add("do_thing", false, List.of("name"), call -> new ToolOutcome.Unknown("{}"));
        for (int i = 0; i < 3; i++) {
            String stays = said(HENRY, "call do_thing {\"name\":\"x\"}");
            world.database.useTransaction(tx -> tx.createUpdate("UPDATE thread SET status = 'IDLE' WHERE id = :id")
                    .bind("id", stays)
                    .execute());
        }
        for (int i = 0; i < 5; i++) {
            said(HENRY, "goes");
        }
        world.clock.advance(DAY.multipliedBy(11));
        Retaining retaining = retaining(TEN_DAYS, 2, 3);

        retaining.run();
        assertThat(left(HENRY)).hasSize(5);
        retaining.run();
        assertThat(left(HENRY)).hasSize(3);
        retaining.run();
        assertThat(erasures()).hasSize(5);
    }

    @Test
    void whereNothingIsSaid_everythingIsKept() {
        String thread = said(HENRY, "one");
        world.clock.advance(DAY.multipliedBy(10_000));

        run(Retention.FOREVER);
        new Retaining(world.ports, List.of()).run();

        assertThat(left(HENRY)).containsExactly(thread);
    }
}
