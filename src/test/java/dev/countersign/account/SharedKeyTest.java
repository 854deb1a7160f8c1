package dev.countersign.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.db.Database;
import dev.countersign.db.PostgresServer;
import dev.countersign.db.Stores;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A login at one node is one at the others. */
final class SharedKeyTest {
    @TempDir
    Path folder;

    @Test
    void aSecondNodeGetsTheFirstOnesLoginKey_andOneWithAKeyOfItsOwnIsRefused() {
        try (Database database = Database.open(Stores.postgres(folder, PostgresServer.shared()))) {
            byte[] first = SigningKey.shared(folder.resolve("a"), database).bytes();
            assertThat(SigningKey.shared(folder.resolve("a"), database).bytes()).isEqualTo(first);
            assertThat(SigningKey.shared(folder.resolve("b"), database).bytes()).isEqualTo(first);
            assertThat(SigningKey.in(folder.resolve("b")).bytes()).isEqualTo(first);

            var unused = SigningKey.in(folder.resolve("c"));
            assertThatThrownBy(() -> SigningKey.shared(folder.resolve("c"), database))
                    .hasMessageContaining("CS-707")
                    .hasMessageContaining("Remove the file");
        }
    }

    @Test
    void whereAStoreHasOneOwner_theFoldersKeyIsTheOne() {
        try (Database database = Database.open(Stores.h2(folder))) {
            byte[] key = SigningKey.shared(folder.resolve("a"), database).bytes();
            assertThat(SigningKey.in(folder.resolve("a")).bytes()).isEqualTo(key);
            assertThat(SigningKey.shared(folder.resolve("b"), database).bytes()).isNotEqualTo(key);
        }
    }
}
