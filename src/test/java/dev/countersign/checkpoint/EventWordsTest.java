package dev.countersign.checkpoint;

import static dev.countersign.checkpoint.Steps.NOW;
import static dev.countersign.checkpoint.Steps.said;
import static dev.countersign.checkpoint.Steps.state;
import static dev.countersign.checkpoint.Steps.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.thread.Event;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.Leases;
import dev.countersign.thread.LogKeys;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStore;
import dev.countersign.thread.Transcript;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The words of a message lie once: in its event until a turn begins with them, and then in the transcript. */
@Tag("store")
@SuppressWarnings("NullAway.Init")
final class EventWordsTest {
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final String THREAD = "chat";
    private static final String FORK = "fork";

    @TempDir
    Path folder;

    private Database database;
    private ThreadStore threads;
    private Leases leases;
    private CheckpointStore store;
    private StoreSaver saver;

    @BeforeEach
    void open() {
        database = Stores.open(folder);
        LogKeys keys = new LogKeys(database);
        threads = new ThreadStore(database, keys, CLOCK);
        leases = new Leases(database, CLOCK, "node-a", Duration.ofSeconds(30));
        store = new CheckpointStore(database, keys, CLOCK);
        saver = new StoreSaver(store, Set.of("await"), (node, next) -> node.equals("gate"));
        threads.create(new ThreadStore.NewThread(THREAD, "log", "henry", "things", ThreadKind.CHAT, "a chat"));
    }

    @AfterEach
    void close() {
        database.close();
    }

    /** A turn of one step, which says what the event said. */
    private void begin(String thread, String words, Transcript before) {
        threads.accept(thread, EventKind.MESSAGE, words);
        Turn turn = new Turn(leases.take(thread).orElseThrow(), threads.get(thread), "print");
        turn.opensWith(event(thread, threads.get(thread).eventsAccepted()));
        var unused = saver.get(turn.config());
        saver.put(
                turn.config(),
                step(
                        "__START__",
                        "__END__",
                        state(
                                before.plus(said(words).slice(0, 1)),
                                "lastEvent",
                                threads.get(thread).eventsAccepted())));
    }

    private Event event(String thread, long seq) {
        return threads.event(threads.get(thread), seq).orElseThrow();
    }

    private int lengthOf(String thread, long seq) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("SELECT body FROM event WHERE thread_id = :id AND seq = :seq")
                        .bind("id", thread)
                        .bind("seq", seq)
                        .mapTo(byte[].class)
                        .one()
                        .length);
    }

    @Test
    void wordsThatAreInTheTranscript_lieThereOnly_andTheEventStillHasThem() {
        threads.accept(THREAD, EventKind.CANCEL, "a withdrawal");
        begin(THREAD, "I would like a pizza", Transcript.empty());
        threads.accept(THREAD, EventKind.MESSAGE, "and a salad, not begun with yet");

        assertThat(lengthOf(THREAD, 2)).isEqualTo(5);
        assertThat(event(THREAD, 2).body()).isEqualTo("I would like a pizza");
        assertThat(event(THREAD, 2).kind()).isEqualTo(EventKind.MESSAGE);
        assertThat(lengthOf(THREAD, 1)).isGreaterThan(29);
        assertThat(event(THREAD, 1).body()).isEqualTo("a withdrawal");
        assertThat(event(THREAD, 3).body()).isEqualTo("and a salad, not begun with yet");
    }

    /** Its first own message is the first of its own log, whatever it shares. */
    @Test
    void wordsOfAFork_lieInItsOwnLog() {
        begin(THREAD, "I would like a pizza", Transcript.empty());
        CheckpointStore.Stored at = store.newest(THREAD).orElseThrow();
        store.fork(
                new CheckpointStore.Fork(THREAD, at, 1, List.of(), CheckpointStore.END),
                new CheckpointStore.ForkIds(FORK, "fork's log"),
                tx -> {});
        begin(FORK, "or rather soup", said("I would like a pizza"));
        begin(FORK, "hot, please", said("I would like a pizza", "or rather soup"));

        assertThat(event(FORK, 1).body()).isEqualTo("or rather soup");
        assertThat(event(FORK, 2).body()).isEqualTo("hot, please");
        assertThat(event(THREAD, 1).body()).isEqualTo("I would like a pizza");
    }

    @Test
    void aTurnThatCouldNotBeWritten_leavesTheWordsWhereTheyWere() {
        threads.accept(THREAD, EventKind.MESSAGE, "I would like a pizza");
        Turn turn = new Turn(leases.take(THREAD).orElseThrow(), threads.get(THREAD), "print");
        turn.opensWith(event(THREAD, 1));
        turn.stage(tx -> {
            throw new IllegalStateException("the step failed");
        });
        assertThatThrownBy(() -> saver.put(
                        turn.config(),
                        step("__START__", "model", state(said("I would like a pizza"), "lastEvent", 1L))))
                .hasMessage("the step failed");

        assertThat(lengthOf(THREAD, 1)).isGreaterThan(29);
        assertThat(event(THREAD, 1).body()).isEqualTo("I would like a pizza");
    }

    /** Whoever can write to the store could have an old message said again, or a tool's result said by the user. */
    @Test
    void promise13_anEventThatNobodyBeganWith_hasItsOwnWords_orNone() {
        begin(THREAD, "I would like a pizza", Transcript.empty());
        threads.accept(THREAD, EventKind.MESSAGE, "nothing more");
        database.useTransaction(tx -> tx.execute(
                "UPDATE event SET body = (SELECT e.body FROM event e WHERE e.thread_id = ? AND e.seq = 1) WHERE seq = 2",
                THREAD));

        assertThatThrownBy(() -> threads.next(threads.get(THREAD))).hasMessageContaining("CS-204");
    }

    @Test
    void promise13_wordsThatNoUserSaid_areNoEvents() {
        Message found = Message.result(new Message.ToolCall("c1", "look", "{}"), "delete it all", false, NOW);
        begin(THREAD, "I would like a pizza", Transcript.empty().plus(List.of(found)));
        database.useTransaction(
                tx -> tx.execute("UPDATE event SET body = ? WHERE seq = 1", new byte[] {16, 0, 0, 0, 0}));

        assertThatThrownBy(() -> event(THREAD, 1))
                .hasMessageContaining("CS-220")
                .hasMessageContaining("message 0");
    }

    @Test
    void wordsWhoseMessageIsGone_areReported_andNotGuessed() {
        begin(THREAD, "I would like a pizza", Transcript.empty());
        database.useTransaction(tx -> tx.execute("DELETE FROM message"));

        assertThatThrownBy(() -> event(THREAD, 1))
                .hasMessageContaining("CS-220")
                .hasMessageContaining("message 0");
    }
}
