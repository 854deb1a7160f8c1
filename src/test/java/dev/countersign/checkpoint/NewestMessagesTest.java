package dev.countersign.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.thread.Leases;
import dev.countersign.thread.LogKeys;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.thread.ThreadStore;
import dev.countersign.thread.Transcript;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.bsc.langgraph4j.checkpoint.Checkpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept in memory of a thread is what the store says of it, whoever wrote there, or is not used. */
@Tag("store")
@SuppressWarnings("NullAway.Init")
final class NewestMessagesTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00.123456789Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    @TempDir
    Path folder;

    private Database database;
    private ThreadStore threads;
    private LogKeys keys;
    private Node here;
    private Node there;

    /** One of two nodes over one store. */
    private final class Node {
        private final Leases leases;
        private final CheckpointStore store = new CheckpointStore(database, keys, CLOCK);
        private final StoreSaver saver = new StoreSaver(store, Set.of("await"));

        Node(String name) {
            leases = new Leases(database, CLOCK, name, Duration.ofSeconds(30));
        }

        /** A turn in which that is said; gives back what stood there before, as the turn saw it. */
        List<String> turn(String thread, ThreadStatus rest, String... texts) {
            Turn turn = new Turn(leases.take(thread).orElseThrow(), threads.get(thread), "print");
            try {
                Transcript before = saver.get(turn.config())
                        .map(found -> transcript(found.getState()))
                        .orElse(Transcript.empty());
                List<String> seen = texts(before.slice(0, before.size()));
                Transcript now = before.plus(List.of(texts).stream()
                        .map(text -> Message.user(text, NOW))
                        .toList());
                turn.restAs(rest);
                saver.put(turn.config(), step("__START__", "__END__", now));
                return seen;
            } finally {
                leases.drop(turn.lease());
            }
        }

        List<String> turn(String thread, String... texts) {
            return turn(thread, ThreadStatus.IDLE, texts);
        }
    }

    @BeforeEach
    void open() {
        database = Stores.open(folder);
        keys = new LogKeys(database);
        threads = new ThreadStore(database, keys, CLOCK);
        here = new Node("here");
        there = new Node("there");
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

    private static Checkpoint step(String node, String next, Transcript transcript) {
        return Checkpoint.builder()
                .nodeId(node)
                .nextNodeId(next)
                .state(Map.of("messages", transcript))
                .build();
    }

    private static Transcript transcript(Map<String, Object> state) {
        return (Transcript) Objects.requireNonNull(state.get("messages"));
    }

    private static List<String> texts(List<Message> messages) {
        return messages.stream().map(Message::text).toList();
    }

    /** From now on nothing that is stored of what was said can be read. */
    private void damageMessages() {
        database.useTransaction(tx -> tx.execute("UPDATE message SET body = ?", new byte[] {1, 2, 3}));
    }

    @Test
    void promise9_whatATurnSaid_isNotReadBackForTheNext() {
        String thread = thread();
        here.turn(thread, "one", "two");
        damageMessages();
        assertThat(here.turn(thread, "three")).containsExactly("one", "two");
        assertThat(here.turn(thread)).containsExactly("one", "two", "three");
        assertThatThrownBy(() -> there.turn(thread)).hasMessageContaining("CS-204");
    }

    @Test
    void itIsWhatTheStoreSays_valueByValue() throws Exception {
        String thread = thread();
        Message call = Message.assistant("", List.of(new Message.ToolCall("c1-0", "list", "{\"a\":\"ü\"}")), NOW);
        List<Message> said = List.of(
                Message.user("hello ü 漢字 \uD83C\uDF55", NOW),
                call,
                Message.result(call.calls().get(0), "[1]", true, NOW));
        Turn turn = new Turn(here.leases.take(thread).orElseThrow(), threads.get(thread), "print");
        assertThat(here.saver.get(turn.config())).isEmpty();
        here.saver.put(
                turn.config(), step("__START__", "__END__", Transcript.empty().plus(said)));
        Transcript atHand =
                transcript(here.saver.get(turn.config()).orElseThrow().getState());
        Transcript stored =
                transcript(there.saver.get(turn.config()).orElseThrow().getState());
        assertThat(atHand.atHand(10)).as("not read").isEqualTo(said);
        assertThat(stored.atHand(10)).as("to be read").isEmpty();
        assertThat(atHand.slice(0, 3)).isEqualTo(stored.slice(0, 3)).isEqualTo(said);
    }

    @Test
    void promise2_afterAnotherNodeWrote_itIsNotUsed() {
        String thread = thread();
        here.turn(thread, "one");
        assertThat(there.turn(thread, "two")).containsExactly("one");
        assertThat(here.turn(thread, "three")).containsExactly("one", "two");
        assertThat(there.turn(thread)).containsExactly("one", "two", "three");
    }

    /** The number of messages alone would not tell. */
    @Test
    void promise2_afterAnotherNodeWroteAStepWithoutAWord_itIsNotUsed() {
        String thread = thread();
        here.turn(thread, "one");
        there.turn(thread);
        damageMessages();
        assertThatThrownBy(() -> here.turn(thread)).hasMessageContaining("CS-204");
    }

    @Test
    void promise1_whatAPutCouldNotWrite_isNotKept() throws Exception {
        String thread = thread();
        here.turn(thread, "one");
        Turn turn = new Turn(here.leases.take(thread).orElseThrow(), threads.get(thread), "print");
        Transcript before =
                transcript(here.saver.get(turn.config()).orElseThrow().getState());
        turn.stage(tx -> {
            throw new IllegalStateException("the last write fails");
        });
        assertThatThrownBy(() -> here.saver.put(
                        turn.config(), step("__START__", "__END__", before.plus(List.of(Message.user("never", NOW))))))
                .hasMessageContaining("the last write");
        here.leases.drop(turn.lease());
        assertThat(here.turn(thread, "two")).containsExactly("one");
        assertThat(here.turn(thread)).containsExactly("one", "two");
    }

    @Test
    void aForkHasItsOwn_andItsParentKeepsWhatItHad() {
        String parent = thread();
        here.turn(parent, "one", "two");
        String fork = UUID.randomUUID().toString();
        here.store.fork(
                new CheckpointStore.Fork(
                        parent, here.store.newest(parent).orElseThrow(), 1, List.of(), CheckpointStore.END),
                new CheckpointStore.ForkIds(fork, UUID.randomUUID().toString()),
                nothing -> {});
        assertThat(here.turn(fork, "other")).containsExactly("one");
        assertThat(here.turn(parent, "three")).containsExactly("one", "two");
        assertThat(here.turn(fork)).containsExactly("one", "other").isEqualTo(there.turn(fork));
        assertThat(here.turn(parent)).containsExactly("one", "two", "three").isEqualTo(there.turn(parent));
    }

    @Test
    void promise13_ofAnErasedThread_nothingIsKept() {
        String thread = thread();
        here.turn(thread, "one");
        here.store.forget(thread);
        damageMessages();
        assertThatThrownBy(() -> here.turn(thread)).hasMessageContaining("CS-204");
    }

    @Test
    void promise10_ofAParkedThread_nothingIsKept() {
        String thread = thread();
        here.turn(thread, ThreadStatus.PARKED, "one");
        damageMessages();
        assertThatThrownBy(() -> here.turn(thread)).hasMessageContaining("CS-204");
    }

    private static Transcript said(int messages, int chars) {
        return Transcript.empty()
                .plus(IntStream.range(0, messages)
                        .mapToObj(i -> Message.user(i + "x".repeat(chars), NOW))
                        .toList());
    }

    private static void keep(NewestMessages newest, String thread, Transcript transcript) {
        CheckpointStore.Stored step = new CheckpointStore.Stored(
                3, StepName.of(thread, 3), null, "reply", CheckpointStore.END, Map.of(), "print", NOW);
        newest.keep(thread, step, List.of(new StoredMessages.Segment("log", 0, -1)), transcript);
    }

    private static List<Message> taken(NewestMessages newest, String thread, int size) {
        return newest.take(thread, 3, size).map(NewestMessages.Rest::newest).orElse(List.of());
    }

    @Test
    void aThreadKeepsItsNewest_andTheNodeTheThreadsThatRanLast() {
        NewestMessages newest = new NewestMessages();
        keep(newest, "many", said(1_000, 1));
        assertThat(taken(newest, "many", 1_000))
                .hasSize(256)
                .element(255)
                .extracting(Message::text)
                .isEqualTo("999x");
        keep(newest, "large", said(10, 100_000));
        assertThat(taken(newest, "large", 10)).hasSize(2);
        for (int i = 0; i < 100; i++) {
            keep(newest, "t" + i, said(1, 250_000));
        }
        assertThat(taken(newest, "t0", 1)).isEmpty();
        assertThat(taken(newest, "t99", 1)).hasSize(1);
        assertThat(IntStream.range(0, 100)
                        .filter(i -> !taken(newest, "t" + i, 1).isEmpty()))
                .hasSizeBetween(20, 33);
    }
}
