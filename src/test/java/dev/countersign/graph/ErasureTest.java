package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static dev.countersign.graph.World.JOE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.checkpoint.CheckpointStore;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.graph.AgentRuntime.Erased;
import dev.countersign.graph.AgentRuntime.ForkFate;
import dev.countersign.graph.AgentRuntime.ForkWish;
import dev.countersign.log.ChainCheck;
import dev.countersign.log.LogKind;
import dev.countersign.log.LogRow;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversations that are taken out of the store for good. */
@Tag("store")
final class ErasureTest {
    private static final String ASK =
            "call create_access_request {\"resource_instance\":\"3\",\"role\":\"child-can-view\",\"reason\":\"walrus\"}";
    private static final List<String> TABLES =
            List.of("thread", "segment", "checkpoint", "event", "approval", "effect", "notification");

    @TempDir
    Path folder;

    private static long rows(World world, String table, String thread) {
        String column = table.equals("thread") ? "id" : "thread_id";
        return world.database
                .jdbi()
                .withHandle(
                        handle -> handle.createQuery("SELECT count(*) FROM " + table + " WHERE " + column + " = :id")
                                .bind("id", thread)
                                .mapTo(Long.class)
                                .one());
    }

    private static long count(World world, String table) {
        return world.database
                .jdbi()
                .withHandle(handle -> handle.createQuery("SELECT count(*) FROM " + table)
                        .mapTo(Long.class)
                        .one());
    }

    /** A conversation with an effect and a request that was denied. */
    private static String eventful(World world) {
        String thread = world.chat(HENRY);
        world.say(HENRY, thread, "call do_thing {\"name\":\"walrus\"}");
        world.say(HENRY, thread, ASK);
        world.waitFor(HENRY, thread, ThreadStatus.PARKED);
        String request = Objects.requireNonNull(world.approval(HENRY, thread, 0).requestId());
        world.permit.deny(RequestKind.ACCESS, request, "joe", "no walrus");
        world.runtime.wake();
        world.waitFor(HENRY, thread, ThreadStatus.IDLE);
        world.quiet();
        return thread;
    }

    private static List<String> texts(World world, String thread) {
        return world.transcript(HENRY, thread).stream().map(Entry::text).toList();
    }

    private static String fork(World world, String thread, long step) {
        return world.runtime.fork(HENRY, thread, new ForkWish(step, null, null)).id();
    }

    @Test
    void promise13_anErasedThread_leavesNoRowAndNoKey_andTheLogStillVerifies() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String other = world.chat(HENRY);
            world.say(HENRY, other, "stays");
            String thread = eventful(world);

            Erased receipt = world.runtime.erase(HENRY, thread, ForkFate.REFUSE);

            for (String table : TABLES) {
                assertThat(rows(world, table, thread)).as(table).isZero();
            }
            assertThat(count(world, "message_log")).as("the other one's").isEqualTo(1);
            assertThat(count(world, "message"))
                    .isEqualTo(world.transcript(HENRY, other).size());
            assertThatThrownBy(() -> world.runtime.thread(HENRY, thread)).hasMessageContaining("CS-212");
            assertThat(receipt.threads()).containsExactly(thread);
            assertThat(receipt.counts().effects()).isEqualTo(1);
            assertThat(receipt.counts().approvals()).isEqualTo(1);
            assertThat(receipt.counts().messages()).isPositive();
            assertThat(receipt.requests()).hasSize(1);
            assertThat(receipt.remains()).anyMatch(line -> line.startsWith("Permit"));
            List<LogRow> log = world.ports.log().page(0, 100).rows();
            assertThat(log.get(log.size() - 1).kind()).isEqualTo(LogKind.ERASED.name());
            assertThat(log.stream().filter(row -> row.threadId().equals(thread)))
                    .hasSizeGreaterThan(3);
            assertThat(ChainCheck.of(after -> world.ports.log().page(after, 100), null)
                            .intact())
                    .isTrue();
            world.say(HENRY, other, "still here");
            assertThat(world.lastText(HENRY, other)).isEqualTo("you said still here");
        }
    }

    @Test
    void promise13_theKeyOfAnErasedThreadIsInNoFile() throws IOException {
        byte[] key;
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String thread = eventful(world);
            key = world.database
                    .jdbi()
                    .withHandle(handle -> handle.createQuery("SELECT wrapped_key FROM message_log")
                            .mapTo(byte[].class)
                            .one());
            world.runtime.erase(HENRY, thread, ForkFate.REFUSE);
        }
        String sealed = new String(key, StandardCharsets.ISO_8859_1);
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(sealed)
                        .doesNotContain("walrus");
            }
        }
    }

    @Test
    void whatRunsOrWaits_isNotErased_norWhatIsNotTheirs() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String thread = world.chat(HENRY);
            world.say(HENRY, thread, ASK);
            world.waitFor(HENRY, thread, ThreadStatus.PARKED);
            long messages = count(world, "message");

            assertThatThrownBy(() -> world.runtime.erase(HENRY, thread, ForkFate.ERASE))
                    .hasMessageContaining("CS-618");
            assertThatThrownBy(() -> world.runtime.erase(JOE, thread, ForkFate.ERASE))
                    .hasMessageContaining("CS-212");
            assertThat(count(world, "message")).isEqualTo(messages);
            assertThat(world.runtime.thread(HENRY, thread).status()).isEqualTo(ThreadStatus.PARKED);
            String request =
                    Objects.requireNonNull(world.approval(HENRY, thread, 0).requestId());
            world.permit.approve(RequestKind.ACCESS, request, "joe", "enjoy");
            world.runtime.wake();
            world.waitFor(HENRY, thread, ThreadStatus.IDLE);
        }
    }

    @Test
    void forksThatAreKept_stayReadable_andWhatTheyDoNotShareIsGone() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String parent = world.chat(HENRY);
            world.say(HENRY, parent, "one");
            long step = world.ports.threads().get(parent).head();
            world.say(HENRY, parent, "the parent's own");
            String child = fork(world, parent, step);
            String grandchild = fork(world, child, 1);

            assertThatThrownBy(() -> world.runtime.erase(HENRY, parent, ForkFate.REFUSE))
                    .hasMessageContaining("CS-619")
                    .hasMessageContaining(child);
            world.quiet();
            Erased receipt = world.runtime.erase(HENRY, parent, ForkFate.KEEP);

            assertThat(receipt.forksKept()).containsExactlyInAnyOrder(child, grandchild);
            assertThat(receipt.counts().messages()).isEqualTo(2);
            assertThat(texts(world, child)).containsExactly("one", "you said one");
            assertThat(texts(world, grandchild)).containsExactly("one", "you said one");
            var unused = world.runtime.listen(HENRY, grandchild, world.news::add);
            world.say(HENRY, grandchild, "two");
            assertThat(texts(world, grandchild)).endsWith("two", "you said two");

            world.quiet();
            world.runtime.erase(HENRY, child, ForkFate.KEEP);
            assertThat(texts(world, grandchild)).startsWith("one", "you said one");
            world.runtime.erase(HENRY, grandchild, ForkFate.REFUSE);
            assertThat(count(world, "message")).isZero();
            assertThat(count(world, "message_log")).isZero();
        }
    }

    @Test
    void promise13_whoErasesWhileAForkIsBeingMade_findsTheFork() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String parent = world.chat(HENRY);
            world.say(HENRY, parent, "one");
            world.quiet();
            CheckpointStore checkpoints = world.ports.checkpoints();
            CheckpointStore.Stored at = checkpoints.newest(parent).orElseThrow();
            List<Future<Erased>> erasing = new ArrayList<>();
            checkpoints.fork(
                    new CheckpointStore.Fork(parent, at, 2, List.of(), CheckpointStore.END),
                    new CheckpointStore.ForkIds("fork", "fork"),
                    tx -> {
                        erasing.add(other.submit(() -> world.runtime.erase(HENRY, parent, ForkFate.REFUSE)));
                        // Who does not wait for this transaction is through by then.
                        assertThatThrownBy(() -> erasing.get(0).get(1, TimeUnit.SECONDS))
                                .isInstanceOf(TimeoutException.class);
                    });

            assertThatThrownBy(() -> erasing.get(0).get(20, TimeUnit.SECONDS))
                    .hasMessageContaining("CS-619")
                    .hasMessageContaining("fork");
            assertThat(texts(world, "fork")).containsExactly("one", "you said one");
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void forksAreErasedWithTheirParent_allOrNone() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String parent = world.chat(HENRY);
            world.say(HENRY, parent, "one");
            String child = fork(world, parent, world.ports.threads().get(parent).head());
            String grandchild = fork(world, child, 1);
            world.runtime.send(HENRY, grandchild, ASK);
            world.waitFor(HENRY, grandchild, ThreadStatus.PARKED);

            assertThatThrownBy(() -> world.runtime.erase(HENRY, parent, ForkFate.ERASE))
                    .hasMessageContaining("CS-618")
                    .hasMessageContaining(grandchild);
            assertThat(texts(world, parent)).hasSize(2);
            world.permit.deny(
                    RequestKind.ACCESS,
                    Objects.requireNonNull(world.approval(HENRY, grandchild, 0).requestId()),
                    "joe",
                    "no");
            world.runtime.wake();
            world.waitFor(HENRY, grandchild, ThreadStatus.IDLE);
            world.quiet();
            assertThat(world.runtime.erase(HENRY, parent, ForkFate.ERASE).threads())
                    .containsExactlyInAnyOrder(parent, child, grandchild);
            assertThat(count(world, "thread")).isZero();
            assertThat(count(world, "message")).isZero();
        }
    }

    @Test
    void theKeyOfAnErasedJob_startsNoOtherOne() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String job =
                    world.runtime.submit(HENRY, "things", "work", "once").job().id();
            world.waitFor(HENRY, job, ThreadStatus.DONE);
            world.quiet();
            world.runtime.erase(HENRY, job, ForkFate.REFUSE);

            assertThatThrownBy(() -> world.runtime.submit(HENRY, "things", "work", "once"))
                    .hasMessageContaining("CS-614")
                    .hasMessageContaining("erased");
            assertThat(world.runtime.threads(HENRY, ThreadKind.JOB, 10)).isEmpty();
        }
    }
}
