package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** H2's file as a kill leaves it, while many write; and who waits for whom so that it is whole. */
final class OneWriterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int WRITERS = 12;
    private static final int COPIES = 300;
    private static final int BETWEEN = 400;

    @TempDir
    Path folder;

    private final ExecutorService others = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        others.shutdown();
    }

    private JdbcDataSource file(String scheme) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:" + scheme + ":" + folder.resolve("store")
                + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;RETENTION_TIME=10000");
        return source;
    }

    private static void create(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE thread (t INT PRIMARY KEY, n INT)");
            // What lies between two tables of a step in the file is what H2 looks at between them.
            for (int i = 0; i < BETWEEN; i++) {
                statement.execute("CREATE TABLE between_" + i + " (id INT PRIMARY KEY)");
            }
            statement.execute("CREATE TABLE message (t INT, n INT, body VARBINARY(600), PRIMARY KEY (t, n))");
            statement.execute("CREATE TABLE checkpoint (t INT, n INT, body VARBINARY(300), PRIMARY KEY (t, n))");
            for (int t = 0; t < WRITERS; t++) {
                statement.execute("INSERT INTO thread VALUES (" + t + ", 0)");
            }
        }
    }

    /** As a turn's step: the head moves, and what it names is written, or nothing of it. */
    private static void step(Connection connection, int t, int n) throws SQLException {
        try (PreparedStatement head = connection.prepareStatement("UPDATE thread SET n = ? WHERE t = ?")) {
            head.setInt(1, n);
            head.setInt(2, t);
            head.executeUpdate();
        }
        for (String table : List.of("message", "checkpoint")) {
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + table + " VALUES (?, ?, ?)")) {
                insert.setInt(1, t);
                insert.setInt(2, n);
                insert.setBytes(3, new byte[300]);
                insert.executeUpdate();
            }
        }
        connection.commit();
    }

    /** Without one writer at a time this fails: a few of the copies hold half a step. */
    @Test
    @Tag("long")
    void promise1_whateverTheMomentOfAKill_aTransactionIsThereWholeOrNotAtAll() throws Exception {
        CopiedDisk.register();
        DataSource source = new OneWriter(PATIENCE).on(file(CopiedDisk.SCHEME));
        create(source);
        List<String> wrong = new ArrayList<>();
        for (CopiedDisk.Copy copy : writeUntilCopied(source, new ConcurrentHashMap<>(), () -> {})) {
            wrong.addAll(torn(at(copy.file()), Map.of()));
        }
        assertThat(wrong).isEmpty();
    }

    /** The same where a log stands behind the file: what had been acknowledged when the copy was made is in one of the two. */
    @Test
    @Tag("long")
    void promise1_whateverTheMomentOfAKill_fileAndLogHoldAllThatWasAcknowledged() throws Exception {
        CopiedDisk.register();
        JdbcDataSource file = file(CopiedDisk.SCHEME);
        List<CopiedDisk.Copy> copies;
        try (Connection open = file.getConnection()) {
            file.setURL(file.getURL().replace(";WRITE_DELAY=0", ""));
            create(file);
            LoggedFile logged = LoggedFile.of(file, PATIENCE);
            copies = writeUntilCopied(logged.begin(), new ConcurrentHashMap<>(), logged::fold);
            logged.close();
            logged.forget();
            assertThat(open.isValid(1)).isTrue();
        }
        List<String> wrong = new ArrayList<>();
        for (CopiedDisk.Copy copy : copies) {
            JdbcDataSource source = at(copy.file());
            try (Connection open = source.getConnection()) {
                LoggedFile logged = LoggedFile.of(source, PATIENCE);
                wrong.addAll(torn(source, copy.acknowledged()));
                logged.abandon();
                assertThat(open.isValid(1)).isTrue();
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** @param meanwhile done again and again by another thread */
    private List<CopiedDisk.Copy> writeUntilCopied(
            DataSource source, Map<Integer, Integer> acknowledged, Runnable meanwhile) throws Exception {
        CopiedDisk.want(COPIES, acknowledged);
        List<Future<?>> writers = new ArrayList<>();
        for (int t = 0; t < WRITERS; t++) {
            int mine = t;
            writers.add(others.submit(() -> {
                try (Connection connection = source.getConnection()) {
                    connection.setAutoCommit(false);
                    for (int n = 1; CopiedDisk.copies().size() < COPIES; n++) {
                        step(connection, mine, n);
                        acknowledged.put(mine, n);
                    }
                }
                return mine;
            }));
        }
        for (Future<?> writer : writers) {
            while (!writer.isDone()) {
                meanwhile.run();
            }
            writer.get(5, TimeUnit.MINUTES);
        }
        assertThat(CopiedDisk.copies()).hasSize(COPIES);
        return CopiedDisk.copies();
    }

    private static JdbcDataSource at(Path copy) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:file:" + copy.toString().replace(".mv.db", ""));
        return source;
    }

    private static List<String> torn(DataSource source, Map<Integer, Integer> acknowledged) throws SQLException {
        List<String> torn = new ArrayList<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT t, n, (SELECT COUNT(*) FROM message m WHERE m.t = thread.t),
                            (SELECT COUNT(*) FROM checkpoint c WHERE c.t = thread.t) FROM thread
                        """)) {
            while (rows.next()) {
                int told = acknowledged.getOrDefault(rows.getInt(1), 0);
                if (rows.getInt(2) != rows.getInt(3) || rows.getInt(2) != rows.getInt(4) || rows.getInt(2) < told) {
                    torn.add("thread " + rows.getInt(1) + " is at step " + rows.getInt(2) + " of " + told + " with "
                            + rows.getInt(3) + " messages and " + rows.getInt(4) + " checkpoints");
                }
            }
        }
        return torn;
    }

    private static int update(DataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    /** What one does while another's transaction has written and is not over. */
    private void whileAnotherWrites(Duration patience, During during) throws Exception {
        JdbcDataSource file = file("file");
        OneWriter writer = new OneWriter(patience);
        DataSource source = writer.on(file);
        create(source);
        try (Connection writing = source.getConnection()) {
            writing.setAutoCommit(false);
            try (PreparedStatement head = writing.prepareStatement("UPDATE thread SET n = 7 WHERE t = 0")) {
                head.executeUpdate();
            }
            during.run(source, writer, writing);
        }
    }

    private interface During {
        void run(DataSource source, OneWriter writer, Connection writing) throws Exception;
    }

    private static void waits(Future<?> one) {
        assertThatThrownBy(() -> one.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
    }

    @Test
    void promise1_whoeverWrites_waitsForTheWriterBefore_thoughItIsAboutAnotherRow() throws Exception {
        whileAnotherWrites(PATIENCE, (source, writer, writing) -> {
            Future<Integer> statement = others.submit(() -> update(source, "UPDATE thread SET n = 1 WHERE t = 1"));
            Future<Integer> transaction = others.submit(() -> {
                try (Connection connection = source.getConnection()) {
                    connection.setAutoCommit(false);
                    step(connection, 2, 1);
                    return 1;
                }
            });
            Future<Integer> barrier = others.submit(() -> update(source, "CHECKPOINT SYNC"));
            Future<Boolean> housekeeping = others.submit(() -> writer.alone(() -> true));
            for (Future<?> one : List.of(statement, transaction, barrier, housekeeping)) {
                waits(one);
            }

            writing.commit();

            for (Future<?> one : List.of(statement, transaction, barrier, housekeeping)) {
                one.get(20, TimeUnit.SECONDS);
            }
        });
    }

    @Test
    void whoeverHoldsARow_isAWriter_howeverTheStatementIsWritten() throws Exception {
        whileAnotherWrites(PATIENCE, (source, writer, writing) -> {
            Future<Integer> holding = others.submit(() -> {
                try (Connection connection = source.getConnection()) {
                    connection.setAutoCommit(false);
                    try (PreparedStatement hold =
                                    connection.prepareStatement("SELECT n FROM thread WHERE t = 1\nFOR UPDATE");
                            ResultSet row = hold.executeQuery()) {
                        row.next();
                        return row.getInt(1);
                    }
                }
            });
            waits(holding);

            writing.commit();

            assertThat(holding.get(20, TimeUnit.SECONDS)).isZero();
        });
    }

    @Test
    void readsWaitForNobody() throws Exception {
        whileAnotherWrites(PATIENCE, (source, writer, writing) -> {
            Future<Integer> read = others.submit(() -> {
                try (Connection connection = source.getConnection()) {
                    connection.setAutoCommit(false);
                    try (PreparedStatement select = connection.prepareStatement("SELECT n FROM thread WHERE t = 0");
                            ResultSet row = select.executeQuery()) {
                        row.next();
                        return row.getInt(1);
                    }
                }
            });

            assertThat(read.get(20, TimeUnit.SECONDS)).isZero();
        });
    }

    @Test
    void rollingBack_closing_andFailing_letTheNextOneWrite() throws Exception {
        whileAnotherWrites(PATIENCE, (source, writer, writing) -> {
            writing.rollback();
            assertThat(update(source, "UPDATE thread SET n = 1 WHERE t = 1")).isOne();
            try (Connection dropped = source.getConnection()) {
                dropped.setAutoCommit(false);
                try (Statement statement = dropped.createStatement()) {
                    statement.executeUpdate("UPDATE thread SET n = 2 WHERE t = 1");
                }
            }
            assertThatThrownBy(() -> update(source, "UPDATE nowhere SET n = 1")).isInstanceOf(SQLException.class);
            Future<Integer> next = others.submit(() -> update(source, "UPDATE thread SET n = n + 1 WHERE t = 1"));
            await().atMost(PATIENCE).until(next::isDone);
            assertThat(next.get()).isOne();
        });
    }

    @Test
    void whoeverWaitsTooLong_isToldSo_andHoldsNothing() throws Exception {
        whileAnotherWrites(Duration.ofMillis(50), (source, writer, writing) -> {
            CountDownLatch tried = new CountDownLatch(1);
            Future<?> late = others.submit(() -> {
                assertThatThrownBy(() -> update(source, "UPDATE thread SET n = 1 WHERE t = 1"))
                        .isInstanceOf(SQLTimeoutException.class)
                        .hasMessageContaining("another transaction");
                tried.countDown();
            });
            late.get(20, TimeUnit.SECONDS);
            assertThat(tried.getCount()).isZero();

            writing.commit();

            assertThat(update(source, "UPDATE thread SET n = 1 WHERE t = 1")).isOne();
        });
    }
}
