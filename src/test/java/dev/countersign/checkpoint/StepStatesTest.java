package dev.countersign.checkpoint;

import static dev.countersign.checkpoint.Steps.NOW;
import static dev.countersign.checkpoint.Steps.said;
import static dev.countersign.checkpoint.Steps.state;
import static dev.countersign.checkpoint.Steps.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.core.CountersignException;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.db.TextCipher;
import dev.countersign.thread.Leases;
import dev.countersign.thread.LogKeys;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the small keys of steps lie, that were written together or alone, by this program or an earlier one. */
@Tag("store")
@SuppressWarnings("NullAway.Init")
final class StepStatesTest {
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final String THREAD = "chat";
    private static final String LOG = "log";

    @TempDir
    Path folder;

    private Database database;
    private LogKeys keys;
    private ThreadStore threads;
    private CheckpointStore store;

    /** Five steps: the first alone, then two together, then again two. */
    @BeforeEach
    void run() {
        database = Stores.open(folder);
        keys = new LogKeys(database);
        threads = new ThreadStore(database, keys, CLOCK);
        store = new CheckpointStore(database, keys, CLOCK);
        StoreSaver saver = new StoreSaver(store, Set.of("await"), (node, next) -> node.equals("gate"));
        threads.create(new ThreadStore.NewThread(THREAD, LOG, "henry", "things", ThreadKind.CHAT, "a chat"));
        Leases leases = new Leases(database, CLOCK, "node-a", Duration.ofSeconds(30));
        Turn turn = new Turn(leases.take(THREAD).orElseThrow(), threads.get(THREAD), "print");
        assertThat(saver.get(turn.config())).isEmpty();
        saver.put(turn.config(), step("__START__", "model", state(said("hello"), "plan", "1")));
        for (int i = 2; i < 6; i++) {
            turn.note("seen " + i);
            String node = i % 2 == 0 ? "gate" : "tools";
            saver.put(turn.config(), step(node, "model", state(said("hello"), "plan", Integer.toString(i))));
        }
    }

    @AfterEach
    void close() {
        database.close();
    }

    private List<Integer> formats() {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("SELECT format FROM checkpoint ORDER BY seq")
                        .mapTo(Integer.class)
                        .list());
    }

    private byte[] keysOf(int seq) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("SELECT keys FROM checkpoint WHERE seq = :seq")
                        .bind("seq", seq)
                        .mapTo(byte[].class)
                        .one());
    }

    private void put(int seq, int format, byte[] bytes) {
        database.useTransaction(
                tx -> tx.execute("UPDATE checkpoint SET format = ?, keys = ? WHERE seq = ?", format, bytes, seq));
    }

    private TextCipher cipher() {
        return database.jdbi().withHandle(handle -> keys.of(handle, LOG));
    }

    private Object planOf(int seq) {
        CheckpointStore.Stored found =
                store.byId(THREAD, StepName.of(THREAD, seq)).orElseThrow();
        assertThat(found.state()).doesNotContainKey(StepNotes.KEY);
        return Objects.requireNonNull(found.state().get("plan"));
    }

    private void allReadAsTheyWereWritten() {
        for (int seq = 1; seq < 6; seq++) {
            assertThat(planOf(seq)).isEqualTo(Integer.toString(seq));
            List<Object> plans = new ArrayList<>();
            store.page(THREAD, seq + 1, 3)
                    .forEach(found -> plans.add(found.state().get("plan")));
            assertThat(plans)
                    .containsExactlyElementsOf(List.of("5", "4", "3", "2", "1").subList(5 - seq, Math.min(5, 8 - seq)));
        }
        assertThat(new StepNotes(database, keys).of(threads.get(THREAD)))
                .isEqualTo(Map.of(
                        2L, List.of("seen 2"), 3L, List.of("seen 3"), 4L, List.of("seen 4"), 5L, List.of("seen 5")));
    }

    @Test
    void stepsWrittenTogether_lieTogether_andAreReadEachByItself() {
        assertThat(formats()).containsExactly(1, 2, 2, 2, 2);
        assertThat(keysOf(2)).containsExactly(1);
        assertThat(keysOf(4)).containsExactly(1);
        allReadAsTheyWereWritten();
    }

    @Test
    void stepsOfAnEarlierProgram_eachWithItsOwn_areReadToo() {
        for (int seq = 2; seq < 6; seq++) {
            Map<String, Object> own = Map.of("plan", Integer.toString(seq), StepNotes.KEY, List.of("seen " + seq));
            put(seq, 1, cipher().encrypt(KeyCodec.write(own), "checkpoint " + THREAD + " " + seq));
        }
        allReadAsTheyWereWritten();
    }

    @Test
    void moreThanAByteCounts_haveEachTheirOwn() {
        List<Map<String, Object>> many = new ArrayList<>();
        for (int i = 0; i < 101; i++) {
            many.add(Map.of("plan", Integer.toString(i)));
        }
        assertThat(StepStates.lay(cipher(), THREAD, 7, many)).hasSize(101).allMatch(row -> row.length > 1);
        assertThat(StepStates.format(101)).isEqualTo(1);
        assertThat(StepStates.lay(cipher(), THREAD, 7, many.subList(0, 100)).get(0))
                .containsExactly(99);
        assertThat(StepStates.format(100)).isEqualTo(2);
    }

    /** A way to a row that is none, to one of another kind, and to nowhere; a list that lacks the step. */
    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 2, 4, 127})
    void aRowThatNamesTheWrongRow_isReported_andNothingIsGuessed(int further) {
        put(2, 2, new byte[] {(byte) further});
        assertThatThrownBy(() -> planOf(2))
                .isInstanceOf(CountersignException.class)
                .hasMessageMatching("(?s).*CS-2(04|20).*");
        assertThat(planOf(3)).isEqualTo("3");
    }

    @Test
    void aFormatThatIsNotKnown_isRefused_whoeverReads() {
        put(2, 9, keysOf(3));
        assertThatThrownBy(() -> planOf(2)).hasMessageContaining("CS-221");
        assertThatThrownBy(() -> new StepNotes(database, keys).of(threads.get(THREAD)))
                .hasMessageContaining("CS-221");
    }

    @Test
    void keysOfAnotherRow_doNotOpen() {
        put(5, 2, keysOf(3));
        assertThatThrownBy(() -> planOf(5)).hasMessageContaining("CS-204");
        assertThatThrownBy(() -> planOf(4)).hasMessageContaining("CS-204");
        put(3, 2, cipher().encrypt("{\"plan\":\"3\"}", "checkpoint " + THREAD + " 3"));
        assertThatThrownBy(() -> planOf(3)).hasMessageContaining("CS-220").hasMessageContaining("list");
    }
}
