package dev.countersign.db;

import dev.countersign.config.Secret;
import dev.countersign.config.StoreConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/**
 * Fresh stores for tests: real H2 files in a temporary folder, or, with {@code -Dstore=postgresql}, a schema of its own for
 * each folder on a real PostgreSQL server. A test class that opens one is tagged {@code store}, and runs on both. The same folder is the same store, also after it was closed.
 */
public final class Stores {
    private Stores() {}

    /** Whether the tests run on PostgreSQL now. */
    public static boolean onPostgres() {
        return "postgresql".equals(System.getProperty("store"));
    }

    /** The settings of a store in the folder. */
    public static StoreConfig config(Path folder) {
        return onPostgres() ? postgres(folder, PostgresServer.shared()) : h2(folder);
    }

    /** The settings of an H2 store in the folder. */
    public static StoreConfig h2(Path folder) {
        return at("jdbc:h2:file:" + folder.resolve("store").toAbsolutePath(), "sa", folder);
    }

    /** The settings of a store on that server; the folder holds its master key. */
    public static StoreConfig postgres(Path folder, PostgresServer server) {
        return at(server.databaseFor(folder), PostgresServer.USER, folder);
    }

    private static StoreConfig at(String url, String user, Path folder) {
        return new StoreConfig(
                url,
                user,
                new Secret(""),
                folder,
                new StoreConfig.MasterKey(folder.resolve("master.key"), new Secret("")),
                StoreConfig.Durability.FSYNC);
    }

    /** What a program's settings say to use the store in the folder; nothing where that is what they mean anyway. */
    public static Map<String, String> settings(Path folder) {
        return onPostgres()
                ? Map.of("COUNTERSIGN_DB_URL", config(folder).url(), "COUNTERSIGN_DB_USER", PostgresServer.USER)
                : Map.of();
    }

    /** Where the bytes of a store in the folder lie; on PostgreSQL, the log that all it writes goes through. */
    public static Path files(Path folder) {
        return onPostgres() ? PostgresServer.shared().writeAheadLog() : folder;
    }

    /** Opens the store in the folder. */
    public static Database open(Path folder) {
        return Database.open(config(folder));
    }

    /** Opens a store whose connections pass through the test's hands. */
    public static Database open(StoreConfig config, UnaryOperator<DataSource> passing) {
        return Database.open(config, passing);
    }
}
