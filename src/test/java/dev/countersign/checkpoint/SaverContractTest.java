package dev.countersign.checkpoint;

import static dev.countersign.checkpoint.Steps.NOW;
import static dev.countersign.checkpoint.Steps.said;
import static dev.countersign.checkpoint.Steps.state;
import static dev.countersign.checkpoint.Steps.step;
import static dev.countersign.checkpoint.Steps.texts;
import static dev.countersign.checkpoint.Steps.transcriptOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.Lease;
import dev.countersign.thread.Leases;
import dev.countersign.thread.LogKeys;
import dev.countersign.thread.LostLease;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.thread.ThreadStore;
import dev.countersign.thread.Transcript;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.bsc.langgraph4j.RunnableConfig;
import org.bsc.langgraph4j.checkpoint.BaseCheckpointSaver;
import org.bsc.langgraph4j.checkpoint.Checkpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the engine may expect of the saver, and what it may not do to it. */
@Tag("store")
@Tag("sample")
@SuppressWarnings("NullAway.Init")
final class SaverContractTest {
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    @TempDir
    Path folder;

    private Database database;
    private ThreadStore threads;
    private Leases leases;
    private CheckpointStore store;
    private BaseCheckpointSaver saver;

    @BeforeEach
    void open() {
        database = Stores.open(folder);
        LogKeys keys = new LogKeys(database);
        threads = new ThreadStore(database, keys, CLOCK);
        leases = new Leases(database, CLOCK, "node-a", Duration.ofSeconds(30));
        store = new CheckpointStore(database, keys, CLOCK);
        saver = new StoreSaver(store, Set.of("await"));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private String thread() {
        String id = UUID.randomUUID().toString();
        threads.create(new ThreadStore.NewThread(
                id, UUID.randomUUID().toString(), "henry", "things", ThreadKind.CHAT, "a chat"));
        return id;
    }

    private Turn turn(String thread) {
        Lease lease = leases.take(thread).orElseThrow();
        Turn turn = new Turn(lease, threads.get(thread), "print");
        var unused = saver.get(turn.config());
        return turn;
    }

    @Test
    void anUnknownThreadHasNothing() {
        String thread = thread();
        Turn turn = turn(thread);
        assertThat(saver.get(turn.config())).isEmpty();
        assertThat(saver.list(turn.config())).isEmpty();
        RunnableConfig unknown = RunnableConfig.builder(turn.config())
                .threadId("nobody")
                .checkPointId("nothing")
                .build();
        assertThat(saver.get(unknown)).isEmpty();
        assertThat(saver.list(unknown)).isEmpty();
    }

    @Test
    void whatWasPutIsGotBack_valueByValue() throws Exception {
        Turn turn = turn(thread());
        Message call = Message.assistant(
                "I look", List.of(new Message.ToolCall("c1-0", "list", "{\"a\":\"ü\"}")), NOW.plusMillis(7));
        Transcript transcript = said("hello ü 漢字 \"quoted\"")
                .plus(List.of(call, Message.result(call.calls().get(0), "[1,2]", true, NOW)));
        RunnableConfig put = saver.put(
                turn.config(),
                step(
                        "__START__",
                        "model",
                        state(
                                transcript,
                                "lastEvent",
                                0L,
                                "steps",
                                3L,
                                "open",
                                List.of("a", "b"),
                                "flag",
                                true,
                                "plan",
                                "{}")));
        Checkpoint got = saver.get(turn.config()).orElseThrow();
        assertThat(put.checkPointId()).contains(got.getId());
        assertThat(got.getNodeId()).isEqualTo("__START__");
        assertThat(got.getNextNodeId()).isEqualTo("model");
        assertThat(got.getState())
                .containsEntry("steps", 3L)
                .containsEntry("open", List.of("a", "b"))
                .containsEntry("flag", true)
                .containsEntry("plan", "{}");
        assertThat(transcriptOf(got.getState()).slice(0, 3)).isEqualTo(transcript.slice(0, 3));
    }

    @Test
    void listIsNewestFirst_andEachIsReadById() throws Exception {
        Turn turn = turn(thread());
        Transcript one = said("one");
        saver.put(turn.config(), step("__START__", "model", state(one)));
        saver.put(
                turn.config(), step("model", "reply", state(one.plus(said("two").slice(0, 1)))));
        saver.put(
                turn.config(),
                step("reply", "__END__", state(one.plus(said("two", "three").slice(0, 2)))));
        List<Checkpoint> all = new ArrayList<>(saver.list(turn.config()));
        assertThat(all).extracting(Checkpoint::getNodeId).containsExactly("reply", "model", "__START__");
        for (Checkpoint checkpoint : all) {
            Checkpoint byId = saver.get(turn.config().withCheckPointId(checkpoint.getId()))
                    .orElseThrow();
            assertThat(texts(byId.getState())).isEqualTo(texts(checkpoint.getState()));
        }
        assertThat(texts(all.get(0).getState())).containsExactly("one", "two", "three");
        assertThat(texts(all.get(2).getState())).containsExactly("one");
        assertThat(store.page(turn.thread().id(), Long.MAX_VALUE, 2)).hasSize(2);
        assertThat(store.byId(turn.thread().id(), all.get(0).getId())
                        .orElseThrow()
                        .parentId())
                .isEqualTo(all.get(1).getId());
    }

    @Test
    void aCheckpointIsNeverReplaced() throws Exception {
        Turn turn = turn(thread());
        RunnableConfig put = saver.put(turn.config(), step("__START__", "model", state(said("one"))));
        assertThatThrownBy(() -> saver.put(put, step("model", "reply", state(said("one", "two")))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("never replaced");
    }

    @Test
    void releaseGivesTheCheckpointsBackAndForgetsThem() throws Exception {
        Turn turn = turn(thread());
        saver.put(turn.config(), step("__START__", "__END__", state(said("one"))));
        BaseCheckpointSaver.Tag tag = saver.release(turn.config());
        assertThat(tag.checkpoints()).hasSize(1);
        assertThat(saver.get(turn.config())).isEmpty();
        assertThat(saver.list(turn.config())).isEmpty();
    }

    @Test
    void promise2_aTurnWhoseLeaseIsLostWritesNothing() throws Exception {
        String thread = thread();
        Turn turn = turn(thread);
        saver.put(turn.config(), step("__START__", "model", state(said("one"))));
        leases.drop(turn.lease());
        Turn newer = turn(thread);
        assertThatThrownBy(() -> saver.put(turn.config(), step("model", "reply", state(said("one", "stolen")))))
                .isInstanceOf(LostLease.class);
        assertThat(texts(saver.get(newer.config()).orElseThrow().getState())).containsExactly("one");
        assertThat(threads.get(thread).messages()).isEqualTo(1);
    }

    @Test
    void aStagedWriteStandsAndFallsWithItsPut() throws Exception {
        String thread = thread();
        Turn turn = turn(thread);
        turn.stage(tx -> {
            throw new IllegalStateException("the third write fails");
        });
        assertThatThrownBy(() -> saver.put(turn.config(), step("__START__", "model", state(said("one")))))
                .hasMessageContaining("third write");
        assertThat(threads.get(thread).head()).isZero();
        assertThat(threads.get(thread).messages()).isZero();
    }

    @Test
    void anEventIsConsumedByThePutThatHoldsIt_andNoEarlierOrLater() throws Exception {
        String thread = thread();
        threads.accept(thread, EventKind.MESSAGE, "one");
        threads.accept(thread, EventKind.MESSAGE, "two");
        Turn turn = turn(thread);
        saver.put(turn.config(), step("__START__", "model", state(said("one"), "lastEvent", 1L)));
        assertThat(threads.get(thread).eventsDone()).isEqualTo(1);
        assertThat(threads.next(threads.get(thread)).orElseThrow().body()).isEqualTo("two");
        turn.restAs(ThreadStatus.IDLE);
        saver.put(turn.config(), step("reply", "__END__", state(said("one"), "lastEvent", 1L)));
        assertThat(leases.due(10)).as("somebody still holds the lease").isEmpty();
        leases.drop(turn.lease());
        assertThat(leases.due(10)).as("the second event waits").containsExactly(thread);
    }

    @Test
    void noNewTurnStartsWhereTheThreadIsNotAtRest() throws Exception {
        Turn turn = turn(thread());
        saver.put(turn.config(), step("__START__", "model", state(said("one"))));
        assertThatThrownBy(() -> saver.put(turn.config(), step("__START__", "model", state(said("one", "two")))))
                .hasMessageContaining("CS-223");
    }

    @Test
    void aLargeStateRoundTrips() throws Exception {
        Turn turn = turn(thread());
        List<Message> many = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            many.add(Message.user("message " + i + " " + "x".repeat(500), NOW));
        }
        saver.put(
                turn.config(),
                step("__START__", "model", state(Transcript.empty().plus(many), "plan", "y".repeat(200_000))));
        Map<String, Object> got = saver.get(turn.config()).orElseThrow().getState();
        Transcript transcript = transcriptOf(got);
        assertThat(transcript.size()).isEqualTo(3_000);
        assertThat(transcript.slice(0, 3_000)).isEqualTo(many);
        assertThat(transcript.last(2)).isEqualTo(many.subList(2_998, 3_000));
        assertThat((String) got.get("plan")).hasSize(200_000);
    }

    @Test
    void aDamagedRowIsReportedWithItsKey_andNeverGuessedAt() throws Exception {
        String thread = thread();
        Turn turn = turn(thread);
        saver.put(turn.config(), step("__START__", "model", state(said("one"))));
        database.useTransaction(tx ->
                tx.execute("UPDATE checkpoint SET keys = ? WHERE thread_id = ?", new byte[] {1, 2, 3, 4}, thread));
        assertThatThrownBy(() -> saver.get(turn.config()))
                .hasMessageContaining("CS-204")
                .hasMessageContaining(thread);
    }

    @Test
    void aLostMessageIsReported() throws Exception {
        String thread = thread();
        Turn turn = turn(thread);
        saver.put(turn.config(), step("__START__", "model", state(said("one", "two"))));
        database.useTransaction(tx -> tx.execute("DELETE FROM message WHERE idx = 0"));
        Transcript transcript = store.transcript(threads.get(thread));
        assertThatThrownBy(() -> transcript.slice(0, 2)).hasMessageContaining("CS-220");
    }

    @Test
    void anUnknownFormatIsRefusedByItsNumber() throws Exception {
        String thread = thread();
        Turn turn = turn(thread);
        saver.put(turn.config(), step("__START__", "model", state(said("one"))));
        database.useTransaction(tx -> tx.execute("UPDATE checkpoint SET format = 9 WHERE thread_id = ?", thread));
        assertThatThrownBy(() -> saver.get(turn.config()))
                .hasMessageContaining("CS-221")
                .hasMessageContaining("format 1 to 2, got 9");
    }

    @Test
    void aValueThatCannotBeStoredIsRefusedBeforeItIsWritten() {
        String thread = thread();
        Turn turn = turn(thread);
        assertThatThrownBy(() ->
                        saver.put(turn.config(), step("__START__", "model", state(said("one"), "odd", new int[1]))))
                .hasMessageContaining("CS-222")
                .hasMessageContaining("odd");
        assertThat(threads.get(thread).head()).isZero();
    }

    @Test
    void aForkSharesItsParentsMessagesWithoutCopyingThem_andGoesItsOwnWay() throws Exception {
        String parent = thread();
        Turn turn = turn(parent);
        saver.put(turn.config(), step("__START__", "__END__", state(said("one", "two"), "lastEvent", 0L)));
        String fork = UUID.randomUUID().toString();
        store.fork(
                new CheckpointStore.Fork(parent, store.newest(parent).orElseThrow(), 2, List.of(), CheckpointStore.END),
                new CheckpointStore.ForkIds(fork, UUID.randomUUID().toString()),
                nothing -> {});
        int rows = database.jdbi()
                .withHandle(handle -> handle.createQuery("SELECT count(*) FROM message")
                        .mapTo(Integer.class)
                        .one());
        assertThat(rows).isEqualTo(2);

        CheckpointStore.Stored taken = store.newest(parent).orElseThrow();
        assertThat(store.newest(fork).orElseThrow().parentId()).isEqualTo(taken.id());
        assertThat(store.byId(parent, taken.id()).map(CheckpointStore.Stored::seq))
                .contains(1L);
        assertThat(store.byId(fork, taken.id())).isEmpty();

        Turn forked = turn(fork);
        Map<String, Object> start = saver.get(forked.config()).orElseThrow().getState();
        assertThat(texts(start)).containsExactly("one", "two");
        Transcript longer = transcriptOf(start).plus(said("fork").slice(0, 1));
        saver.put(forked.config(), step("__START__", "__END__", state(longer, "lastEvent", 0L)));
        assertThat(texts(saver.get(forked.config()).orElseThrow().getState())).containsExactly("one", "two", "fork");
        assertThat(texts(saver.get(turn.config()).orElseThrow().getState())).containsExactly("one", "two");
        assertThat(store.page(fork, Long.MAX_VALUE, 10)).hasSize(2);
    }

    private long rows(String table) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("SELECT count(*) FROM " + table)
                        .mapTo(Long.class)
                        .one());
    }

    /** It prints how long it took; what is asserted is what it wrote. */
    @Test
    void promise12_aForkOfTenThousandTurns_isAFewRowsAndNoMessage() throws Exception {
        String parent = thread();
        Turn turn = turn(parent);
        String[] words = new String[20_000];
        for (int i = 0; i < words.length; i++) {
            words[i] = "message " + i;
        }
        saver.put(turn.config(), step("__START__", "__END__", state(said(words), "lastEvent", 0L)));
        List<String> tables = List.of("message", "thread", "checkpoint", "segment", "message_log", "event");
        List<Long> before = tables.stream().map(this::rows).toList();

        long began = System.nanoTime();
        String fork = UUID.randomUUID().toString();
        store.fork(
                new CheckpointStore.Fork(
                        parent, store.newest(parent).orElseThrow(), 19_999, List.of(), CheckpointStore.END),
                new CheckpointStore.ForkIds(fork, UUID.randomUUID().toString()),
                nothing -> {});
        System.out.printf("a fork of 10,000 turns: %.1f ms%n", (System.nanoTime() - began) / 1e6);

        List<Long> more = new ArrayList<>();
        for (int i = 0; i < tables.size(); i++) {
            more.add(rows(tables.get(i)) - before.get(i));
        }
        assertThat(more).containsExactly(0L, 1L, 1L, 3L, 1L, 0L);
        assertThat(store.transcript(threads.get(fork)).last(1).get(0).text()).isEqualTo("message 19998");
    }
}
