package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.core.CountersignException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbc.JdbcConnection;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.jdbc.PgConnection;

@Tag("store")
final class DatabaseTest {
    @TempDir
    Path folder;

    @Test
    void aCommittedRowIsThereAfterReopening() {
        try (Database first = Stores.open(folder)) {
            first.useTransaction(tx -> tx.execute("INSERT INTO message_log (id, created_at) VALUES ('a', 1)"));
            first.barrier();
        }
        try (Database second = Stores.open(folder)) {
            assertThat(second.jdbi()
                            .<Integer, RuntimeException>withHandle(
                                    h -> h.createQuery("SELECT count(*) FROM message_log")
                                            .mapTo(Integer.class)
                                            .one()))
                    .isEqualTo(1);
        }
    }

    /** Stores that stand at the newest of those that landed would refuse to open with a smaller number that they do not know. */
    @Test
    void aNewMigrationIsNumberedAboveThoseThatLanded() throws IOException {
        Set<Integer> landed = Set.of(1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 15, 18, 19, 20, 21, 24);
        try (var files = Files.list(Path.of("src/main/resources/db/migration"))) {
            List<Integer> numbers = files.map(file -> file.getFileName().toString())
                    .map(name -> Integer.valueOf(name.substring(1, name.indexOf('_'))))
                    .toList();
            assertThat(numbers).containsAll(landed);
            assertThat(numbers).filteredOn(number -> !landed.contains(number)).allMatch(number -> number > 24);
        }
    }

    /** What is done on it would be acknowledged and never committed, and its locks would never be let go. */
    @Test
    void promise1_aConnectionThatStandsInATransaction_isNotHandedOut() throws SQLException {
        try (Database database = Stores.open(folder)) {
            Class<?> real = database.isExclusive() ? JdbcConnection.class : PgConnection.class;
            for (Connection connection : all(database)) {
                // Past the pool, which therefore does not put it back.
                ((Connection) connection.unwrap(real)).setAutoCommit(false);
                connection.close();
            }
            database.useTransaction(tx -> tx.execute("INSERT INTO message_log (id, created_at) VALUES ('a', 1)"));

            for (Connection connection : all(database)) {
                try (connection;
                        Statement statement = connection.createStatement();
                        ResultSet count = statement.executeQuery("SELECT count(*) FROM message_log")) {
                    count.next();
                    assertThat(count.getInt(1)).as("seen by everybody").isEqualTo(1);
                }
            }
        }
    }

    @Test
    void promise1_aConnectionThatIsClosedWithinATransaction_leavesNothingOfIt() throws SQLException {
        try (Database database = Stores.open(folder)) {
            Connection left = database.source().getConnection();
            left.setAutoCommit(false);
            try (PreparedStatement insert =
                    left.prepareStatement("INSERT INTO message_log (id, created_at) VALUES (?, 1)")) {
                insert.setString(1, "a");
                insert.executeUpdate();
            }
            left.close();
            database.useTransaction(tx -> tx.execute("INSERT INTO message_log (id, created_at) VALUES ('b', 1)"));
        }
        try (Database again = Stores.open(folder)) {
            List<String> ids = again.jdbi()
                    .withHandle(handle -> handle.createQuery("SELECT id FROM message_log")
                            .mapTo(String.class)
                            .list());
            assertThat(ids).containsExactly("b");
        }
    }

    /** Prepared statements of an H2 file are kept past their connection's user. */
    @Test
    void security_aStatement_knowsNothingOfWhatItsUserBeforeHasBound() throws SQLException {
        String sql = "SELECT CAST(? AS VARCHAR(20))";
        try (Database database = Stores.open(folder);
                Connection connection = database.source().getConnection()) {
            PreparedStatement first = connection.prepareStatement(sql);
            first.setString(1, "a secret");
            ResultSet rows = first.executeQuery();
            try (PreparedStatement beside = connection.prepareStatement(sql)) {
                beside.setString(1, "another");
                try (ResultSet others = beside.executeQuery()) {
                    assertThat(others.next()).isTrue();
                    assertThat(others.getString(1)).isEqualTo("another");
                }
            }
            assertThat(rows.next()).as("one whose rows are read is no other's").isTrue();
            assertThat(rows.getString(1)).isEqualTo("a secret");
            first.close();

            assertThat(first.isClosed()).isTrue();
            assertThat(rows.isClosed()).isTrue();
            assertThatThrownBy(() -> first.setString(1, "more")).isInstanceOf(SQLException.class);
            for (int i = 0; i < 3; i++) {
                try (PreparedStatement next = connection.prepareStatement(sql)) {
                    assertThatThrownBy(next::executeQuery).isInstanceOf(SQLException.class);
                }
            }
        }
    }

    @Test
    void promise1_aStatementThatWasLeftOpen_endsWithItsConnection() throws SQLException {
        String sql = "SELECT count(*) FROM message_log";
        try (Database database = Stores.open(folder)) {
            List<PreparedStatement> left = new ArrayList<>();
            List<Connection> closed = all(database);
            for (Connection connection : closed) {
                left.add(connection.prepareStatement(sql));
                connection.close();
            }
            for (Connection connection : all(database)) {
                try (connection;
                        PreparedStatement next = connection.prepareStatement(sql)) {
                    for (PreparedStatement late : left) {
                        assertThatThrownBy(late::executeQuery).isInstanceOf(SQLException.class);
                        late.close();
                    }
                    for (Connection late : closed) {
                        assertThatThrownBy(() -> late.prepareStatement(sql)).isInstanceOf(SQLException.class);
                        late.close();
                    }
                    try (ResultSet count = next.executeQuery()) {
                        assertThat(count.next()).isTrue();
                    }
                }
            }
        }
    }

    private static List<Connection> all(Database database) throws SQLException {
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < Database.CONNECTIONS; i++) {
            all.add(database.source().getConnection());
        }
        return all;
    }

    @Test
    void theMasterKeyFileIsReadableByItsOwnerOnly() throws IOException {
        Stores.open(folder).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("master.key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aTextOpensOnlyWithItsKeyAndAtItsPlace() {
        try (Database database = Stores.open(folder)) {
            byte[] wrapped = database.keys().newWrappedKey("log-1");
            TextCipher cipher = database.keys().open("log-1", wrapped);
            byte[] sealed = cipher.encrypt("a birthday dinner", "message 1");
            assertThat(new String(sealed, java.nio.charset.StandardCharsets.ISO_8859_1))
                    .doesNotContain("birthday");
            assertThat(database.keys().open("log-1", wrapped).decrypt(sealed, "message 1"))
                    .isEqualTo("a birthday dinner");
            assertThatThrownBy(() -> cipher.decrypt(sealed, "message 2"))
                    .isInstanceOf(CountersignException.class)
                    .hasMessageContaining("CS-204");
            assertThatThrownBy(() -> database.keys().open("log-2", wrapped)).hasMessageContaining("CS-204");
            sealed[sealed.length - 1] ^= 1;
            assertThatThrownBy(() -> cipher.decrypt(sealed, "message 1")).hasMessageContaining("CS-204");
        }
    }

    @Test
    void oneSyncServesEverybodyWhoWaited() throws Exception {
        AtomicInteger syncs = new AtomicInteger();
        CountDownLatch firstSyncRuns = new CountDownLatch(1);
        CountDownLatch letItEnd = new CountDownLatch(1);
        Barrier barrier = new Barrier(() -> {
            if (syncs.incrementAndGet() == 1) {
                firstSyncRuns.countDown();
                awaitQuietly(letItEnd);
            }
        });
        var pool = Executors.newFixedThreadPool(9);
        try {
            List<Future<?>> all = new ArrayList<>();
            all.add(pool.submit(barrier::await));
            firstSyncRuns.await();
            for (int i = 0; i < 8; i++) {
                all.add(pool.submit(barrier::await));
            }
            letItEnd.countDown();
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            pool.shutdownNow();
        }
        // The first is covered by its own sync; the eight that came while it ran need at least one more, and never one
        // each
        // unless each arrived after the sync before it had ended.
        assertThat(syncs.get()).isBetween(2, 9);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
