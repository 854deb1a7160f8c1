package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statements that are said to the connection at once. */
@Tag("store")
final class SqlTest {
    private static final Sql INSERT =
            Sql.of("INSERT INTO thing (id, name, number, truth, body) VALUES (:id, :name, :number, :truth, :body)");
    private static final Sql NAMES =
            Sql.of("SELECT name FROM thing WHERE number > :from OR number = :from ORDER BY id");

    @TempDir
    Path folder;

    private Database database;

    @BeforeEach
    void open() {
        database = Stores.open(folder);
        String bytes = database.isExclusive() ? "VARBINARY(20)" : "BYTEA";
        database.jdbi()
                .useHandle(
                        handle -> handle.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, name VARCHAR(20), number"
                                + " BIGINT, truth BOOLEAN, body " + bytes + ")"));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static Sql.Said thing(Sql.Said insert, int id, String name, long number) {
        return insert.bind("id", id)
                .bind("name", name)
                .bind("number", number)
                .bind("truth", true)
                .bind("body", new byte[] {1, 2});
    }

    private List<String> names(long from) {
        return database.jdbi()
                .withHandle(handle -> NAMES.on(handle).bind("from", from).all(row -> row.getString(1)));
    }

    @Test
    void aNameThatStandsTwice_isBoundTwice_andRowsComeInOrder() {
        database.useTransaction(tx -> {
            Sql.Said many = INSERT.on(tx);
            for (int i = 1; i <= 3; i++) {
                thing(many, i, "n" + i, i).add();
            }
            many.executeAll();
        });
        assertThat(names(2)).containsExactly("n2", "n3");
        assertThat(names(9)).isEmpty();
        Optional<String> first = database.jdbi()
                .withHandle(handle -> NAMES.on(handle).bind("from", 2L).first(row -> row.getString(1)));
        assertThat(first).contains("n2");
    }

    @Test
    void whatIsNotBound_andWhatIsNot_aName_isRefused_beforeAnythingIsDone() {
        database.jdbi().useHandle(handle -> {
            assertThatThrownBy(() -> NAMES.on(handle).all(row -> row.getString(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("from");
            assertThatThrownBy(() -> NAMES.on(handle).bind("form", 1L))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("form");
            assertThatThrownBy(() -> NAMES.on(handle).bind("from", new Object()).all(row -> row.getString(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected a text");
            assertThatThrownBy(() -> NAMES.on(handle).bind("from", 9L).one(row -> row.getString(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("got none");
        });
    }

    @Test
    void nothing_isNull_withATypeOrWithout() {
        database.useTransaction(tx -> {
            thing(INSERT.on(tx), 1, "one", 1).bind("name", null).execute();
            thing(INSERT.on(tx), 2, "two", 2).bindNull("body", Types.VARBINARY).execute();
        });
        List<String> rows = database.jdbi()
                .withHandle(handle -> Sql.of("SELECT name, body FROM thing ORDER BY id")
                        .on(handle)
                        .all(row -> row.getString(1) + " " + (row.getBytes(2) == null)));
        assertThat(rows).containsExactly("null false", "two true");
        Optional<byte[]> none = database.jdbi()
                .withHandle(handle ->
                        Sql.of("SELECT body FROM thing WHERE id = 2").on(handle).first(row -> row.getBytes(1)));
        assertThat(none).isEmpty();
    }

    /** A kept statement is used again and again: what one use has bound must not be seen by the next. */
    @Test
    void security_aStatementThatFails_isSaid_withoutWhatWasBound_andIsOfUseAgain() {
        database.useTransaction(tx -> thing(INSERT.on(tx), 1, "one", 1).execute());
        assertThatThrownBy(() -> database.useTransaction(
                        tx -> thing(INSERT.on(tx), 1, "hush-hush", 1).execute()))
                .isInstanceOf(JdbiException.class)
                .hasMessageContaining("INSERT INTO thing")
                .hasMessageNotContaining("hush-hush");
        assertThat(database.<Integer, RuntimeException>inTransaction(
                        tx -> thing(INSERT.on(tx), 2, "two", 2).execute()))
                .isEqualTo(1);
    }
}
