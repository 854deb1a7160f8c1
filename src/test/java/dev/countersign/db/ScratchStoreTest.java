package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.config.Secret;
import dev.countersign.config.StoreConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One connection and its statements are used again and again, and nothing of one use is seen by the next. */
final class ScratchStoreTest {
    private static final String INSERT = "INSERT INTO message (log_id, idx, body) VALUES (:log, :idx, :body)";
    private static final String SELECT = "SELECT idx FROM message WHERE log_id = :log ORDER BY idx";

    private final ScratchStore store = ScratchStore.open();

    @AfterEach
    void close() {
        store.close();
    }

    private static void insert(Handle tx, String log, int idx) {
        tx.createUpdate(INSERT)
                .bind("log", log)
                .bind("idx", idx)
                .bind("body", new byte[] {1})
                .execute();
    }

    private List<Integer> of(String log) {
        return store.database()
                .jdbi()
                .withHandle(handle -> handle.createQuery(SELECT)
                        .bind("log", log)
                        .mapTo(Integer.class)
                        .list());
    }

    @Test
    void whatWasWritten_isGoneAfterItIsCleared_again() {
        for (int round = 0; round < 3; round++) {
            store.database().useTransaction(tx -> insert(tx, "a", 1));
            assertThat(of("a")).containsExactly(1);
            store.clear();
            assertThat(of("a")).isEmpty();
        }
    }

    @Test
    void whatFails_isRolledBack_andTheNextTransactionIsItsOwn() {
        assertThatThrownBy(() -> store.database().useTransaction(tx -> {
                    insert(tx, "a", 1);
                    insert(tx, "a", 1);
                }))
                .isInstanceOf(RuntimeException.class);
        assertThat(of("a")).isEmpty();
        store.database().useTransaction(tx -> insert(tx, "a", 2));
        assertThat(of("a")).containsExactly(2);
    }

    @Test
    void aQuestionThatIsAskedWhileItsRowsAreRead_disturbsNobody() {
        store.database().useTransaction(tx -> {
            for (int i = 0; i < 3; i++) {
                insert(tx, "a", i);
                insert(tx, "b", 10 + i);
            }
        });
        List<String> read = new ArrayList<>();
        store.database()
                .jdbi()
                .useHandle(handle -> handle.createQuery(SELECT)
                        .bind("log", "a")
                        .mapTo(Integer.class)
                        .forEach(idx -> read.add(idx + " " + of("b"))));
        assertThat(read).containsExactly("0 [10, 11, 12]", "1 [10, 11, 12]", "2 [10, 11, 12]");
        assertThat(of("a")).containsExactly(0, 1, 2);
    }

    @Test
    void whatIsNotSealedHere_isOpenedByNoStoreWithKeys_andTheOtherWayRound() {
        KeyRing bare = store.database().keys();
        KeyRing real = new KeyRing(new byte[TextCipher.KEY_BYTES]);
        assertThat(bare.openText(bare.sealText("hello", "a"), "a")).isEqualTo("hello");
        assertThatThrownBy(() -> real.openText(bare.sealText("a text that is as long as a sealed one", "a"), "a"))
                .hasMessageContaining("CS-204");
        assertThatThrownBy(() -> bare.openText(real.sealText("hello", "a"), "a"))
                .hasMessageContaining("CS-204");
    }

    @Test
    void aStoreWithAFile_isNeverOpenedWithoutKeys(@TempDir Path folder) {
        StoreConfig config = new StoreConfig(
                "jdbc:h2:file:" + folder.resolve("store"),
                "",
                new Secret(""),
                folder,
                new StoreConfig.MasterKey(folder.resolve("key"), new Secret("")),
                StoreConfig.Durability.PROCESS);
        assertThatThrownBy(() -> Database.openBare(config, sql -> {})).isInstanceOf(IllegalArgumentException.class);
    }
}
