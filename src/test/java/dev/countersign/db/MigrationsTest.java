package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.config.StoreConfig;
import dev.countersign.core.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** What has to be done at a start is done, and nothing is looked for where nothing has. */
@Tag("store")
final class MigrationsTest {
    private static final Path FILES = Path.of("src/main/resources/db/migration");

    private static final List<String> NAMES = List.of("one", "another");

    @TempDir
    Path folder;

    private static int number(Path file) {
        return Integer.parseInt(file.getFileName().toString().replaceFirst("^V(\\d+)__.*", "$1"));
    }

    @Test
    void theNewestIsTheNewestFile() throws IOException {
        try (var files = Files.list(FILES)) {
            assertThat(files.map(MigrationsTest::number).max(Comparator.naturalOrder()))
                    .hasValue(Integer.valueOf(Migrations.NEWEST));
        }
    }

    /** A store as a program of before 26 left it. */
    private void before26() {
        StoreConfig config = Stores.config(folder);
        DataSource source = Stores.onPostgres() ? postgres(config) : h2(config);
        Migrations.of(source, !Stores.onPostgres()).target("25").load().migrate();
        Jdbi jdbi = Jdbi.create(source);
        jdbi.useHandle(handle -> {
            for (String thread : List.of("alone", "parent", "fork", "apart")) {
                handle.execute(
                        "INSERT INTO thread (id, owner, agent, kind, status, title, log_id, head, head_next, messages, tool_calls,"
                                + " events_accepted, events_done, due, cancel_asked, fence, lease_owner, lease_until, created_at,"
                                + " updated_at) VALUES (?, 'henry', 'a', 'CHAT', 'IDLE', ?, ?, 0, '', 0, 0, 0, 0, FALSE, FALSE, 0, '', 0, 1, 1)",
                        thread,
                        new byte[] {1},
                        "log of " + thread);
            }
            handle.execute("INSERT INTO segment VALUES ('alone', 0, 'log of alone', 0, -1)");
            handle.execute("INSERT INTO segment VALUES ('parent', 0, 'log of parent', 0, -1)");
            handle.execute("INSERT INTO segment VALUES ('fork', 0, 'log of parent', 0, 3)");
            handle.execute("INSERT INTO segment VALUES ('fork', 1, 'log of fork', 0, -1)");
            handle.execute("INSERT INTO segment VALUES ('apart', 0, 'log of apart', 0, -1)");
            for (String name : NAMES) {
                handle.execute(
                        "INSERT INTO approval (id, thread_id, filing_key, reference, kind, state, version, requester, agent, tool,"
                                + " argument_digest, body, created_at, deadline, next_check) VALUES"
                                + " (?, 'alone', ?, 'r', 'ACCESS', 'PENDING', 0, 'henry', 'a', 'x', ?, ?, 1, 2, 3)",
                        name,
                        Digest.of(name),
                        Digest.of("wish of " + name),
                        new byte[] {1});
                handle.execute(
                        "INSERT INTO decision_log (seq, created_at, kind, thread_id, subject, detail, hash)"
                                + " VALUES (?, 1, 'k', 'alone', ?, '{}', ?)",
                        NAMES.indexOf(name) + 1,
                        name,
                        Digest.of("row of " + name));
            }
        });
    }

    private static DataSource h2(StoreConfig config) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL(config.url());
        source.setUser(config.user());
        return source;
    }

    private static DataSource postgres(StoreConfig config) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(config.url());
        source.setUser(config.user());
        return source;
    }

    @Test
    void promise10_digestsOfAnOldStoreAreTheSameAsBytes_andWhoSharesNoMessagesHasNoSegment() {
        before26();
        try (Database database = Stores.open(folder)) {
            database.jdbi().useHandle(handle -> {
                for (String name : NAMES) {
                    assertThat(bytes(handle, "SELECT filing_key FROM approval WHERE id = ?", name))
                            .isEqualTo(Digest.bytes(Digest.of(name)));
                    assertThat(bytes(handle, "SELECT argument_digest FROM approval WHERE id = ?", name))
                            .isEqualTo(Digest.bytes(Digest.of("wish of " + name)));
                    assertThat(bytes(handle, "SELECT hash FROM decision_log WHERE subject = ?", name))
                            .isEqualTo(Digest.bytes(Digest.of("row of " + name)));
                }
                assertThat(handle.createQuery("SELECT thread_id FROM segment ORDER BY thread_id, part")
                                .mapTo(String.class))
                        .containsExactly("fork", "fork", "parent");
                // One filing for each wish, as before.
                assertThatThrownBy(() -> handle.execute(
                                "UPDATE approval SET filing_key = ?", new Object[] {Digest.bytes(Digest.of("one"))}))
                        .hasMessageMatching("(?is).*unique.*");
                assertThatThrownBy(() -> handle.execute("UPDATE approval SET filing_key = NULL"))
                        .hasMessageMatching("(?is).*null.*");
                assertThatThrownBy(() -> handle.execute("UPDATE decision_log SET hash = NULL"))
                        .hasMessageMatching("(?is).*null.*");
            });
        }
    }

    private static byte[] bytes(Handle handle, String sql, String name) {
        return handle.createQuery(sql).bind(0, name).mapTo(byte[].class).one();
    }

    @Test
    void aStoreIsUpToDateOnceAllIsApplied_andNotWhereOneIsMissingOrFailed() {
        try (Database database = Stores.open(folder)) {
            assertThat(Migrations.isUpToDate(database.source())).isTrue();
            database.useTransaction(tx -> tx.execute(
                    "UPDATE \"flyway_schema_history\" SET \"success\" = FALSE" + " WHERE \"version\" = '5'"));
            assertThat(Migrations.isUpToDate(database.source())).isFalse();
            database.useTransaction(tx -> tx.execute("UPDATE \"flyway_schema_history\" SET \"success\" = TRUE"));
            database.useTransaction(
                    tx -> tx.execute("DELETE FROM \"flyway_schema_history\" WHERE \"version\" = ?", Migrations.NEWEST));
            assertThat(Migrations.isUpToDate(database.source())).isFalse();
            database.useTransaction(tx -> tx.execute("DROP TABLE \"flyway_schema_history\""));
            assertThat(Migrations.isUpToDate(database.source())).isFalse();
        }
    }
}
