package dev.countersign.checkpoint;

import static dev.countersign.checkpoint.Steps.NOW;
import static dev.countersign.checkpoint.Steps.said;
import static dev.countersign.checkpoint.Steps.state;
import static dev.countersign.checkpoint.Steps.step;
import static dev.countersign.checkpoint.Steps.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.Leases;
import dev.countersign.thread.LogKeys;
import dev.countersign.thread.LostLease;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps that wait for the one that follows, or for an act; and what a step that is written says of the thread's row. */
@Tag("store")
@Tag("sample")
@SuppressWarnings("NullAway.Init")
final class PutOffStepsTest {
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final String THREAD = "chat";

    @TempDir
    Path folder;

    private Database database;
    private LogKeys keys;
    private ThreadStore threads;
    private Leases leases;
    private CheckpointStore store;
    private StoreSaver saver;
    private Acts acts;

    @BeforeEach
    void open() {
        database = Stores.open(folder);
        keys = new LogKeys(database);
        threads = new ThreadStore(database, keys, CLOCK);
        leases = new Leases(database, CLOCK, "node-a", Duration.ofSeconds(30));
        store = new CheckpointStore(database, keys, CLOCK);
        saver = new StoreSaver(store, Set.of("await"), (node, next) -> node.equals("gate"));
        acts = new Acts(store, leases);
        threads.create(new ThreadStore.NewThread(THREAD, "log", "henry", "things", ThreadKind.CHAT, "a chat"));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private Turn turn() {
        Turn turn = new Turn(leases.take(THREAD).orElseThrow(), threads.get(THREAD), "print");
        var unused = saver.get(turn.config());
        return turn;
    }

    private void begin(Turn turn) {
        saver.put(turn.config(), step("__START__", "model", state(said("hello"))));
    }

    private void judge(Turn turn) {
        saver.put(turn.config(), step("gate", "tools", state(said("hello"))));
    }

    private List<String> nodes() {
        return store.page(THREAD, Long.MAX_VALUE, 100).stream()
                .map(CheckpointStore.Stored::node)
                .toList();
    }

    @Test
    void aTurnWhoseThreadWasErasedMeanwhile_hasLostItsLease() {
        Turn turn = turn();
        begin(turn);
        database.useTransaction(tx -> {
            keys.destroy(tx, "log");
            tx.execute("DELETE FROM thread WHERE id = ?", THREAD);
        });
        keys.forget("log");

        assertThatThrownBy(() -> saver.put(turn.config(), step("model", "reply", state(said("hello", "there")))))
                .isInstanceOf(LostLease.class);
    }

    @Test
    void promise2_stepsThatWerePutOff_areWrittenWithTheNext_eachWithWhatWasLeftForIt() {
        Turn turn = turn();
        begin(turn);
        turn.note("of the gate");
        turn.countToolCalls(2);
        turn.stage(tx -> tx.execute("UPDATE thread SET title = ? WHERE id = ?", new byte[] {1}, THREAD));
        saver.put(turn.config(), step("gate", "tools", state(said("hello", "no"), "plan", "p")));
        assertThat(turn.isWritten()).isFalse();
        assertThat(nodes()).containsExactly("__START__");
        assertThat(threads.get(THREAD).toolCalls()).isZero();

        turn.note("of the tool");
        saver.put(turn.config(), step("tools", "model", state(said("hello", "no", "yes"))));

        assertThat(turn.isWritten()).isTrue();
        assertThat(nodes()).containsExactly("tools", "gate", "__START__");
        assertThat(threads.get(THREAD).toolCalls()).isEqualTo(2);
        assertThat(new StepNotes(database, new LogKeys(database)).of(threads.get(THREAD)))
                .isEqualTo(Map.of(2L, List.of("of the gate"), 3L, List.of("of the tool")));
        CheckpointStore.Stored gate = store.page(THREAD, 3, 1).get(0);
        assertThat(gate.state()).containsEntry("plan", "p");
        assertThat(texts(gate.state())).containsExactly("hello", "no");
    }

    @Test
    void promise2_anAct_writesWhatWasPutOff_orNothingOfBoth() {
        Turn turn = turn();
        begin(turn);
        judge(turn);
        assertThatThrownBy(() -> acts.act(turn, tx -> {
                    throw new IllegalStateException("the act failed");
                }))
                .hasMessage("the act failed");
        assertThat(nodes()).containsExactly("__START__");

        assertThat(acts.<Long>act(turn, tx -> turn.step())).isEqualTo(3);
        assertThat(nodes()).containsExactly("gate", "__START__");
        acts.ready(turn);
        assertThat(nodes()).containsExactly("gate", "__START__");
    }

    @Test
    void promise2_anActWhoseLeaseIsLost_writesNothing_withAndWithoutStepsPutOff() {
        Turn turn = turn();
        begin(turn);
        database.useTransaction(tx -> tx.execute("UPDATE thread SET fence = fence + 1 WHERE id = ?", THREAD));
        List<String> done = new ArrayList<>();
        assertThatThrownBy(() -> acts.act(turn, tx -> done.add("an act"))).isInstanceOf(LostLease.class);
        judge(turn);
        assertThatThrownBy(() -> acts.act(turn, tx -> done.add("an act"))).isInstanceOf(LostLease.class);
        assertThatThrownBy(() -> acts.ready(turn)).isInstanceOf(LostLease.class);
        assertThat(done).isEmpty();
        assertThat(nodes()).containsExactly("__START__");
    }

    @Test
    void promise2_theLeaseGoesWithTheLastStep_unlessMoreHasCome() {
        threads.accept(THREAD, EventKind.MESSAGE, "one");
        Turn turn = turn();
        saver.put(turn.config(), step("__START__", "model", state(said("one"), "lastEvent", 1L)));
        threads.accept(THREAD, EventKind.MESSAGE, "two");
        saver.put(turn.config(), step("reply", "__END__", state(said("one"), "lastEvent", 1L)));
        assertThat(turn.rested()).isEmpty();
        assertThat(leases.take(THREAD)).isEmpty();
        assertThat(leases.due(10)).isEmpty();

        Turn next = new Turn(turn.lease(), threads.get(THREAD), "print");
        saver.get(next.config());
        saver.put(next.config(), step("__START__", "model", state(said("one", "two"), "lastEvent", 2L)));
        saver.put(next.config(), step("reply", "__END__", state(said("one", "two"), "lastEvent", 2L)));
        assertThat(next.rested())
                .hasValueSatisfying(row -> assertThat(row)
                        .usingRecursiveComparison()
                        .ignoringFields("sealedTitle")
                        .isEqualTo(threads.get(THREAD)));
        assertThat(leases.take(THREAD)).isPresent();
    }

    @Test
    void whatTheStoreHasJustSaid_isThatNobodyGaveUp_orNothing() {
        Turn turn = turn();
        saver.put(turn.config(), step("__START__", "model", state(said("one"))));
        assertThat(turn.isKnownNotCanceled()).isTrue();
        saver.put(turn.config(), step("gate", "tools", state(said("one"))));
        assertThat(turn.isKnownNotCanceled()).isFalse();
        threads.accept(THREAD, EventKind.CANCEL, "");
        saver.put(turn.config(), step("tools", "model", state(said("one"))));
        assertThat(turn.isKnownNotCanceled()).isFalse();
        assertThat(threads.get(THREAD).cancelAsked()).isTrue();
    }
}
