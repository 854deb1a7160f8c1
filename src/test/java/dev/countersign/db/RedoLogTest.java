package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.countersign.core.CountersignException;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was committed is there after a kill, once, though the store's file does not have it. */
final class RedoLogTest {
    private static final String INSERT = "INSERT INTO shared_secret (name, sealed) VALUES (?, ?)";

    @TempDir
    Path folder;

    private Database store() {
        return Database.open(Stores.h2(folder));
    }

    private static void put(Database database, String name) {
        database.useTransaction(tx -> tx.execute(INSERT, name, new byte[] {1, 2, 3}));
    }

    private static List<String> names(Database database) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "SELECT name FROM shared_secret WHERE name LIKE 'n%' ORDER BY name")
                        .mapTo(String.class)
                        .list());
    }

    /** The files as a kill leaves them, under another name. */
    private Path killed(String name) {
        Path copy = folder.resolve(name);
        try {
            Files.createDirectories(copy);
            for (String file : List.of("store.mv.db", "store.redo-0", "store.redo-1", "master.key")) {
                Files.copy(folder.resolve(file), copy.resolve(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return copy;
    }

    /** How many of the two files have something to do again: an emptied one keeps its length. */
    private static int logged(Path files) {
        return (isEmpty(files.resolve("store.redo-0")) ? 0 : 1) + (isEmpty(files.resolve("store.redo-1")) ? 0 : 1);
    }

    private static boolean isEmpty(Path log) {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(log))) {
            return in.available() < Integer.BYTES || in.readInt() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of what the work has just done nothing may be folded in yet; on a slow machine it is done again. */
    private Path killedRightAfter(Database database, String name, Runnable work) {
        int[] tries = {0};
        Path[] copy = new Path[1];
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            database.fold();
            work.run();
            copy[0] = killed(name + tries[0]++);
            return logged(copy[0]) > 0;
        });
        return copy[0];
    }

    private static List<String> namesIn(Path files) {
        try (Database database = Database.open(Stores.h2(files))) {
            return names(database);
        }
    }

    @Test
    void promise1_whatWasCommitted_isThereAfterAKill_thoughTheFileDoesNotHaveIt() throws IOException {
        try (Database database = store()) {
            put(database, "n1");
            Path copy = killedRightAfter(database, "kill", () -> {
                database.useTransaction(tx -> tx.execute("DELETE FROM shared_secret WHERE name = 'n2'"));
                put(database, "n2");
            });
            Path file = Files.createDirectories(folder.resolve("alone"));
            Files.copy(copy.resolve("store.mv.db"), file.resolve("store.mv.db"));
            Files.copy(copy.resolve("master.key"), file.resolve("master.key"));

            assertThat(namesIn(copy)).containsExactly("n1", "n2");
            assertThat(namesIn(file)).as("the file alone").doesNotContain("n2");
        }
    }

    @Test
    void promise1_aLogThatEndsAnywhere_givesWhatIsWholeInIt() throws IOException {
        try (Database database = store()) {
            Path copy = killedRightAfter(database, "kill", () -> {
                database.useTransaction(tx -> tx.execute("DELETE FROM shared_secret WHERE name LIKE 'n%'"));
                put(database, "n1");
                put(database, "n2");
            });
            String log = isEmpty(copy.resolve("store.redo-0")) ? "store.redo-1" : "store.redo-0";
            byte[] bytes = Files.readAllBytes(copy.resolve(log));
            List<String> before = List.of();
            for (int length = 0; length <= bytes.length; length += 1 + bytes.length / 40) {
                Path cut = Files.createDirectories(folder.resolve("cut" + length));
                for (String file : List.of("store.mv.db", "store.redo-0", "store.redo-1", "master.key")) {
                    Files.copy(copy.resolve(file), cut.resolve(file));
                }
                try (FileChannel channel = FileChannel.open(cut.resolve(log), StandardOpenOption.WRITE)) {
                    channel.truncate(length);
                }
                List<String> found = namesIn(cut);
                assertThat(found).isEqualTo(List.of("n1", "n2").subList(0, found.size()));
                assertThat(found.size()).isGreaterThanOrEqualTo(before.size());
                before = found;
            }
            assertThat(namesIn(copy)).containsExactly("n1", "n2");
        }
    }

    @Test
    void promise1_aKillBetweenFoldingAndEmptyingTheLog_doesNothingTwice() throws IOException {
        try (Database database = store()) {
            Path copy = killedRightAfter(database, "kill", () -> {
                database.useTransaction(tx -> tx.execute("DELETE FROM shared_secret WHERE name = 'n1'"));
                put(database, "n1");
                database.useTransaction(
                        tx -> tx.execute("UPDATE thread SET fence = fence + 1, title = ? WHERE id = 'none'", "x"));
            });
            database.fold();
            Files.delete(copy.resolve("store.mv.db"));
            Files.copy(folder.resolve("store.mv.db"), copy.resolve("store.mv.db"));

            assertThat(namesIn(copy)).containsExactly("n1");
        }
    }

    @Test
    void promise1_whatStoodInTheLogBeforeItWasEmptied_isNotDoneAgain() throws IOException {
        try (Database database = store()) {
            long[] longest = {0};
            Path copy = killedRightAfter(database, "kill", () -> {
                // Both files have been long; the new changes are as long as those that stood in their places.
                for (int file = 0; file < 2; file++) {
                    for (int each = 1; each <= 9; each++) {
                        put(database, "n" + file + each);
                    }
                    longest[0] = Math.max(logLength(folder, file), longest[0]);
                    database.fold();
                }
                database.useTransaction(tx -> tx.execute("DELETE FROM shared_secret WHERE name LIKE 'n%'"));
                database.fold();
                put(database, "n55");
                put(database, "n66");
            });

            assertThat(logLength(copy, 0) + logLength(copy, 1)).as("remains").isGreaterThan(longest[0]);
            assertThat(namesIn(copy)).containsExactly("n55", "n66");
        }
    }

    private static long logLength(Path files, int file) {
        try {
            return Files.size(files.resolve("store.redo-" + file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void promise1_whatAStoppedStoreLeaves_isItsFileAlone() {
        try (Database database = store()) {
            put(database, "n1");
        }
        assertThat(folder.resolve("store.redo-0")).doesNotExist();
        assertThat(folder.resolve("store.redo-1")).doesNotExist();
        assertThat(namesIn(folder)).containsExactly("n1");
    }

    @Test
    void aLogThatDoesNotBelongToTheFile_isNotDone_andSaysWhatToDo() throws IOException {
        Path backup = Files.createDirectories(folder.resolve("backup"));
        try (Database database = store()) {
            put(database, "n1");
        }
        Files.copy(folder.resolve("store.mv.db"), backup.resolve("store.mv.db"));
        try (Database database = store()) {
            Path copy = killedRightAfter(database, "kill", () -> {
                database.useTransaction(tx -> tx.execute("DELETE FROM shared_secret WHERE name = 'n2'"));
                put(database, "n2");
            });
            Files.delete(copy.resolve("store.mv.db"));
            Files.copy(backup.resolve("store.mv.db"), copy.resolve("store.mv.db"));

            assertThatThrownBy(() -> Database.open(Stores.h2(copy)))
                    .isInstanceOf(CountersignException.class)
                    .hasMessageContaining("does not belong to the store's file")
                    .hasMessageContaining("move both away");
            assertThat(logged(copy)).as("what it holds is not lost").isPositive();
            Files.delete(copy.resolve("store.redo-0"));
            Files.delete(copy.resolve("store.redo-1"));
            assertThat(namesIn(copy)).containsExactly("n1");
        }
    }

    @Test
    void whatWasRolledBack_orFailed_isNotDoneAgain() throws SQLException {
        try (Database database = store()) {
            Path copy = killedRightAfter(database, "kill", () -> {
                database.useTransaction(tx -> tx.execute("DELETE FROM shared_secret WHERE name LIKE 'n%'"));
                try (Connection connection = database.source().getConnection()) {
                    connection.setAutoCommit(false);
                    insert(connection, "n-rolled-back");
                    connection.rollback();
                    insert(connection, "n1");
                    Savepoint savepoint = connection.setSavepoint();
                    insert(connection, "n-to-savepoint");
                    connection.rollback(savepoint);
                    assertThatThrownBy(() -> insert(connection, "n1")).isInstanceOf(SQLException.class);
                    insert(connection, "n2");
                    connection.commit();
                    connection.setAutoCommit(true);
                    insert(connection, "n3");
                    assertThatThrownBy(() -> insert(connection, "n3")).isInstanceOf(SQLException.class);
                    connection.setAutoCommit(false);
                    insert(connection, "n4");
                    connection.setAutoCommit(true);
                    try (Statement statement = connection.createStatement()) {
                        statement.addBatch("INSERT INTO shared_secret (name, sealed) VALUES ('n5', X'00')");
                        statement.addBatch("INSERT INTO shared_secret (name, sealed) VALUES ('n6', X'00')");
                        statement.executeBatch();
                    }
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
                database.useTransaction(RedoLogTest::batched);
            });

            List<String> here = names(database);
            assertThat(namesIn(copy)).containsExactlyElementsOf(here);
            assertThat(here).containsExactly("n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8");
        }
    }

    private static void batched(Handle tx) {
        PreparedBatch batch = tx.prepareBatch(INSERT);
        batch.add("n7", new byte[0]);
        batch.add("n8", new byte[0]);
        batch.execute();
    }

    private static void insert(Connection connection, String name) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, name);
            insert.setBytes(2, new byte[] {1});
            insert.executeUpdate();
        }
    }

    /** The last one is there already, which the database finds after it has done the others. */
    private static void failingBatch(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (String name : List.of("n8", "n9", "n1")) {
                insert.setString(1, name);
                insert.setBytes(2, new byte[] {1});
                insert.addBatch();
            }
            assertThatThrownBy(insert::executeBatch).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void promise1_aBatchThatFailsInPart_isNotCommittedByHalf() {
        try (Database database = store()) {
            put(database, "n1");
            Path copy = killedRightAfter(database, "kill", () -> {
                database.useTransaction(tx -> tx.execute("DELETE FROM shared_secret WHERE name = 'n2'"));
                try (Connection connection = database.source().getConnection()) {
                    connection.setAutoCommit(false);
                    failingBatch(connection);
                    assertThatThrownBy(connection::commit)
                            .isInstanceOf(SQLException.class)
                            .hasMessageContaining("a batch failed in part");
                    insert(connection, "n2");
                    Savepoint before = connection.setSavepoint();
                    failingBatch(connection);
                    connection.rollback(before);
                    connection.commit();
                    failingBatch(connection);
                    Savepoint after = connection.setSavepoint();
                    connection.rollback(after);
                    assertThatThrownBy(connection::commit).hasMessageContaining("a batch failed in part");
                    failingBatch(connection);
                    connection.rollback();
                    connection.setAutoCommit(true);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(names(database)).containsExactly("n1", "n2");
            assertThat(namesIn(copy)).containsExactly("n1", "n2");
        }
    }

    @Test
    void everyKindOfValue_comesBackAsItWas() throws IOException {
        List<Object> values = Arrays.asList(
                null,
                "Grüße",
                7,
                -8L,
                true,
                new byte[] {0, -1},
                0.5,
                new BigDecimal("12.340"),
                Timestamp.valueOf("2026-01-02 03:04:05.000000006"),
                OffsetDateTime.parse("2026-01-02T03:04:05+02:00"));
        assertThat(values).allMatch(RedoCodec::knows);
        RedoCodec.Entry entry = new RedoCodec.Entry(
                3, 4, List.of(new Change("A", values), new Change("B", List.of()), new Change("A", List.of(1))));

        RedoCodec.Entry back = new RedoCodec().decode(new RedoCodec().encode(entry));

        assertThat(back).usingRecursiveComparison().isEqualTo(entry);
    }

    @Test
    void aStatementThatNoLogCouldDoAgain_isWrittenIntoTheFileAtOnce() {
        try (Database database = store()) {
            database.jdbi().useHandle(handle -> handle.execute("CREATE TABLE extra (id INTEGER PRIMARY KEY)"));
            database.useTransaction(tx -> tx.execute("INSERT INTO extra VALUES (?)", 5));
            Path copy = killed("kill");
            try (Database again = Database.open(Stores.h2(copy))) {
                assertThat(again.jdbi()
                                .<Integer, RuntimeException>withHandle(
                                        handle -> handle.createQuery("SELECT id FROM extra")
                                                .mapTo(Integer.class)
                                                .one()))
                        .isEqualTo(5);
            }
        }
    }

    @Test
    void aValueThatNoLogCanHold_isRefused_beforeAnythingIsDone() throws SQLException {
        try (Database database = store();
                Connection connection = database.source().getConnection();
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            assertThatThrownBy(() -> insert.setObject(1, java.time.Duration.ZERO))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("redo log");
        }
    }
}
