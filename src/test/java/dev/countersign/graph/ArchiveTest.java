package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static dev.countersign.graph.World.JOE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.core.CountersignException;
import dev.countersign.core.Mark;
import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.graph.Archive.CheckpointView;
import dev.countersign.graph.Archive.Page;
import dev.countersign.graph.Archive.Slice;
import dev.countersign.thread.JobKeys;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists in pages over a real store, and jobs under a key. */
@Tag("store")
final class ArchiveTest {
    @TempDir
    Path folder;

    private static <T> List<T> all(Function<Slice, Page<T>> list, int limit, Runnable meanwhile) {
        List<T> seen = new ArrayList<>();
        Mark mark = Mark.NEWEST;
        while (mark != null) {
            Page<T> page = list.apply(new Slice(mark, limit));
            assertThat(page.items()).hasSizeLessThanOrEqualTo(limit);
            seen.addAll(page.items());
            mark = page.next();
            meanwhile.run();
        }
        return seen;
    }

    @Test
    void pagesHoldEveryThreadOnce_alsoOfOneMoment_whateverComesMeanwhile() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            List<String> made = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                made.add(world.runtime
                        .open(HENRY, "things", ThreadKind.CHAT, "chat " + i)
                        .id());
                world.clock.advance(Duration.ofSeconds(i % 3 == 0 ? 1 : 0));
            }
            world.runtime.open(JOE, "things", ThreadKind.CHAT, "not henry's");
            Archive archive = world.runtime.archive();

            List<ThreadView> seen = all(slice -> archive.threads(HENRY, null, slice), 2, () -> {
                world.clock.advance(Duration.ofSeconds(1));
                world.runtime.open(HENRY, "things", ThreadKind.CHAT, "newer");
            });

            assertThat(seen.stream().map(ThreadView::id)).containsExactlyInAnyOrderElementsOf(made);
            assertThat(archive.threads(HENRY, ThreadKind.JOB, new Slice(Mark.NEWEST, 5))
                            .items())
                    .isEmpty();
        }
    }

    @Test
    void promise9_aPageIsAStretchOfAnIndex_notAScan() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            Map<String, String> plans = Map.of(
                    "SELECT * FROM thread WHERE owner = 'henry' AND created_at <= 9 AND (created_at < 9 OR id < 'x')"
                            + " ORDER BY owner DESC, created_at DESC, id DESC LIMIT 5",
                    "THREAD_OWNER",
                    "SELECT * FROM thread WHERE owner = 'henry' AND kind = 'JOB' AND created_at <= 9"
                            + " AND (created_at < 9 OR id < 'x')"
                            + " ORDER BY owner DESC, kind DESC, created_at DESC, id DESC LIMIT 5",
                    "THREAD_OWNER_KIND");
            String engine = world.database.isExclusive() ? "H2" : "PostgreSQL";
            plans.forEach((query, index) -> {
                List<String> plan = world.database
                        .jdbi()
                        .withHandle(handle -> handle.createQuery("EXPLAIN " + query)
                                .mapTo(String.class)
                                .list());
                // PostgreSQL reads a table of a few rows whole, rightly.
                if (engine.equals("H2")) {
                    assertThat(plan.get(0)).contains(index).contains("index sorted");
                }
            });
        }
    }

    @Test
    void approvalsAndCheckpointsAreListed_openOnesApart_withTheWordsBefore() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String thread = world.chat(HENRY);
            world.say(HENRY, thread, "may I see it?");
            world.say(
                    HENRY,
                    thread,
                    "call create_access_request {\"resource_instance\":\"3\",\"role\":\"child-can-view\",\"reason\":\"hungry\"}");
            world.waitFor(HENRY, thread, ThreadStatus.PARKED);
            Archive archive = world.runtime.archive();
            Slice five = new Slice(Mark.NEWEST, 5);

            ApprovalView open = archive.requestedBy(HENRY, true, five).items().get(0);
            assertThat(archive.requestedBy(HENRY, false, five).items()).hasSize(1);
            assertThat(archive.approvals(five).items()).hasSize(1);
            assertThat(archive.requestedBy(JOE, false, five).items()).isEmpty();
            assertThat(archive.decidedBy(JOE, five).items()).isEmpty();
            assertThat(archive.approval(open.id())).isPresent();
            assertThat(archive.before(open, 5).get(0).text()).isEqualTo("may I see it?");

            List<CheckpointView> steps = all(slice -> archive.checkpoints(HENRY, thread, slice), 2, () -> {});
            assertThat(steps).hasSizeGreaterThan(2);
            assertThat(steps.get(0).seq()).isEqualTo(steps.size());
            assertThat(archive.checkpoint(HENRY, thread, steps.get(1).id())).isEqualTo(steps.get(1));
            assertThatThrownBy(
                            () -> archive.checkpoint(JOE, thread, steps.get(1).id()))
                    .isInstanceOf(CountersignException.class);
            assertThat(archive.ownerOf(thread)).isEqualTo(Optional.of(HENRY));
        }
    }

    @Test
    void promise9_aPageOfApprovals_isOneStatement_howeverManyThreadsTheyAreOf() {
        List<String> requests = new ArrayList<>();
        try (World world = new World(folder, ScriptedModel.obedient())) {
            for (int i = 0; i < 6; i++) {
                String thread = world.chat(HENRY);
                world.say(
                        HENRY,
                        thread,
                        "call create_access_request {\"resource_instance\":\"3\",\"role\":\"child-can-view\",\"reason\":\"r"
                                + i + "\"}");
                world.waitFor(HENRY, thread, ThreadStatus.PARKED);
                requests.add(String.valueOf(world.approval(HENRY, thread, 0).requestId()));
            }
        }
        // Another process, which has none of their keys at hand.
        try (World world = new World(folder, ScriptedModel.obedient())) {
            AtomicInteger statements = new AtomicInteger();
            Thread asking = Thread.currentThread();
            world.database.jdbi().setSqlLogger(new SqlLogger() {
                @Override
                public void logBeforeExecution(StatementContext context) {
                    if (Thread.currentThread() == asking) {
                        statements.incrementAndGet();
                    }
                }
            });
            Archive archive = world.runtime.archive();
            requests.add("not ours");
            Map<String, ApprovalView> found = archive.byRequests(requests);
            assertThat(found).hasSize(6).doesNotContainKey("not ours");
            assertThat(found.values()).extracting(ApprovalView::reason).contains("r0", "r5");
            assertThat(statements.getAndSet(0)).isEqualTo(1);
            assertThat(archive.byRequests(List.of())).isEmpty();
            assertThat(archive.requestedBy(HENRY, false, new Slice(Mark.NEWEST, 5))
                            .items())
                    .hasSize(5);
            assertThat(statements.get()).isEqualTo(1);
        }
    }

    @Test
    void promise1_aKeyStandsForOneJob_afterARestartToo() {
        String id;
        try (World world = new World(folder, ScriptedModel.obedient())) {
            AgentRuntime.Submitted first = world.runtime.submit(HENRY, "things", "do it", "k");
            assertThat(first.fresh()).isTrue();
            id = first.job().id();
            world.waitFor(HENRY, id, ThreadStatus.DONE);
        }
        try (World world = new World(folder, ScriptedModel.obedient())) {
            AgentRuntime.Submitted again = world.runtime.submit(HENRY, "things", "do it", "k");
            assertThat(again.fresh()).isFalse();
            assertThat(again.job().id()).isEqualTo(id);
            assertThat(world.runtime.threads(HENRY, ThreadKind.JOB, 10)).hasSize(1);
            assertThatThrownBy(() -> world.runtime.submit(HENRY, "things", "do another", "k"))
                    .hasMessageContaining("CS-614");
        }
    }

    @Test
    void promise1_keyAndJobAreWrittenTogether_orNeither() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            JobKeys keys = new JobKeys(world.database, world.clock);
            var key = new JobKeys.Key("henry", "k");
            assertThatThrownBy(() -> keys.claim(key, "lost", tx -> {
                        throw new IllegalStateException("broken off");
                    }))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(keys.job(key)).isEmpty();

            assertThat(world.runtime.submit(HENRY, "things", "do it", "k").fresh())
                    .isTrue();
            assertThat(keys.claim(key, "second", tx -> {})).isFalse();
        }
    }
}
