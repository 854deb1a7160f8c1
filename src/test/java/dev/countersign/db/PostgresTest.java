package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.config.Secret;
import dev.countersign.config.StoreConfig;
import dev.countersign.config.StoreConfig.Durability;
import java.nio.file.Path;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.TransactionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store on PostgreSQL: what is asked of the server, and of the second node. */
final class PostgresTest {
    @TempDir
    Path folder;

    private static StoreConfig with(StoreConfig config, String url, Durability durability) {
        return new StoreConfig(
                url, config.user(), new Secret("hunter2"), config.stateDir(), config.masterKey(), durability);
    }

    @Test
    void aServerThatKeepsItsWordIsNamedSo_andHasSeveralOwners() {
        StoreConfig config = Stores.postgres(folder, PostgresServer.shared());
        try (Database first = Database.open(config);
                Database second = Database.open(config)) {
            assertThat(first.durability()).isEqualTo("PostgreSQL, fsync is on");
            assertThat(first.isExclusive()).isFalse();
            first.useTransaction(tx -> tx.execute("INSERT INTO message_log (id, created_at) VALUES ('a', 1)"));
            assertThat(second.jdbi()
                            .<Integer, RuntimeException>withHandle(
                                    h -> h.createQuery("SELECT count(*) FROM message_log")
                                            .mapTo(Integer.class)
                                            .one()))
                    .isEqualTo(1);
        }
    }

    @Test
    void aServerWithoutFsyncIsRefused_unlessThatIsMeant() {
        try (PostgresServer careless = PostgresServer.start(Map.of("fsync", "off"))) {
            StoreConfig config = Stores.postgres(folder, careless);
            assertThatThrownBy(() -> Database.open(config).close())
                    .hasMessageContaining("CS-205")
                    .hasMessageContaining("the database has fsync");
            try (Database meant = Database.open(with(config, config.url(), Durability.PROCESS))) {
                assertThat(meant.durability()).startsWith("process");
            }
        }
    }

    @Test
    void aLoginThatCommitsWithoutWaitingIsRefused() {
        StoreConfig config = Stores.postgres(folder, PostgresServer.shared());
        String hasty = config.url() + "&options=-c%20synchronous_commit=off";
        assertThatThrownBy(() ->
                        Database.open(with(config, hasty, Durability.FSYNC)).close())
                .hasMessageContaining("CS-205")
                .hasMessageContaining("synchronous_commit off");
    }

    @Test
    void aNodeThatFreezesBetweenAStatementAndItsCommit_holdsItsLocksForABoundedTime_whichTheUrlMaySet() {
        StoreConfig config = Stores.postgres(folder, PostgresServer.shared());
        try (Database usual = Database.open(config)) {
            assertThat(idleLimit(usual)).isEqualTo("10s");
        }
        String own = config.url() + "&options=-c%20idle_in_transaction_session_timeout=1000";
        try (Database frozen = Database.open(with(config, own, Durability.FSYNC));
                Database other = Database.open(config)) {
            assertThat(idleLimit(frozen)).isEqualTo("1s");
            other.useTransaction(tx -> tx.execute("INSERT INTO message_log (id, created_at) VALUES ('a', 1)"));
            try (Handle held = frozen.jdbi().open()) {
                held.begin();
                held.execute("UPDATE message_log SET created_at = 2 WHERE id = 'a'");
                // Waits until the server has ended the session that says nothing.
                other.useTransaction(tx -> tx.execute("UPDATE message_log SET created_at = 3 WHERE id = 'a'"));
                assertThatThrownBy(held::commit).isInstanceOf(TransactionException.class);
            }
        }
    }

    private static String idleLimit(Database database) {
        return database.jdbi()
                .<String, RuntimeException>withHandle(h -> h.createQuery("SHOW idle_in_transaction_session_timeout")
                        .mapTo(String.class)
                        .one());
    }

    @Test
    void aServerThatIsNotThereIsNamed_withoutItsPassword() {
        StoreConfig nowhere =
                with(Stores.h2(folder), "jdbc:postgresql://127.0.0.1:1/agents?sslpassword=hunter2", Durability.FSYNC);
        assertThatThrownBy(() -> Database.open(nowhere).close())
                .hasMessageContaining("CS-202")
                .hasMessageContaining("jdbc:postgresql://127.0.0.1:1/agents")
                .hasMessageContaining("COUNTERSIGN_DB_URL")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void aSecondNodeWithAnotherMasterKeyIsRefused_beforeItWritesATextThatNobodyElseCanRead() {
        StoreConfig config = Stores.postgres(folder, PostgresServer.shared());
        Database.open(config).close();
        Path other = folder.resolve("other.key");
        StoreConfig stranger = new StoreConfig(
                config.url(),
                config.user(),
                config.password(),
                folder,
                new StoreConfig.MasterKey(other, new Secret("")),
                Durability.FSYNC);
        assertThatThrownBy(() -> Database.open(stranger).close())
                .hasMessageContaining("CS-206")
                .hasMessageContaining("COUNTERSIGN_MASTER_KEY");
        Database.open(config).close();
    }

    @Test
    void theFirstNodeToNameASecretSetsIt() {
        StoreConfig config = Stores.postgres(folder, PostgresServer.shared());
        try (Database first = Database.open(config);
                Database second = Database.open(config)) {
            assertThat(second.secrets().find("word")).isEmpty();
            assertThat(first.secrets().agree("word", new byte[] {1})).containsExactly(1);
            assertThat(second.secrets().agree("word", new byte[] {2})).containsExactly(1);
            assertThat(second.secrets().find("word"))
                    .hasValueSatisfying(word -> assertThat(word).containsExactly(1));
        }
    }
}
