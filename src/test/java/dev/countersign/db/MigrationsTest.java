package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What has to be done at a start is done, and nothing is looked for where nothing has. */
@Tag("store")
final class MigrationsTest {
    private static final Path FILES = Path.of("src/main/resources/db/migration");

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
