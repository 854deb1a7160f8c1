package dev.countersign.db;

import dev.countersign.config.Secret;
import dev.countersign.config.StoreConfig;
import java.nio.file.Path;

/** Fresh stores for tests: real H2 files in a temporary folder. */
public final class Stores {
    private Stores() {}

    /** The settings of a store in the folder. */
    public static StoreConfig config(Path folder) {
        return new StoreConfig(
                "jdbc:h2:file:" + folder.resolve("store").toAbsolutePath(),
                "sa",
                new Secret(""),
                folder,
                new StoreConfig.MasterKey(folder.resolve("master.key"), new Secret("")),
                StoreConfig.Durability.FSYNC);
    }

    /** Opens the store in the folder. */
    public static Database open(Path folder) {
        return Database.open(config(folder));
    }
}
