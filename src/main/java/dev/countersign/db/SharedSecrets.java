package dev.countersign.db;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * Secrets that are the same on every node of a store: the first node to name one sets it, all others take it. Each is sealed
 * with the master key, so that a node with another one is found out when it opens the store, and not by texts that do not
 * open later. Safe for use by many threads and processes.
 */
public final class SharedSecrets {
    private static final ErrorCode OTHER_MASTER_KEY = new ErrorCode("CS-206", ErrorCode.Kind.CONFLICT);
    private static final String MASTER_KEY = "master key";
    private static final String FIND = "SELECT sealed FROM shared_secret WHERE name = :name";
    // One statement, so that of two nodes that come at once one finds the other's.
    private static final String ADD = """
            INSERT INTO shared_secret (name, sealed)
            SELECT CAST(:name AS VARCHAR(64)), :sealed WHERE NOT EXISTS (SELECT 1 FROM shared_secret WHERE name = :name)
            """;

    private final Database database;

    SharedSecrets(Database database) {
        this.database = database;
    }

    /**
     * Makes sure that this node has the master key of the store.
     *
     * @throws CountersignException {@code CS-206} when it has another one
     */
    void checkMasterKey() {
        try {
            var unused = agree(MASTER_KEY, MASTER_KEY.getBytes(StandardCharsets.UTF_8));
        } catch (CountersignException e) {
            throw new CountersignException(
                    OTHER_MASTER_KEY,
                    "the store's texts are under another master key than the one given here. Every node of a store needs"
                            + " the same one: set COUNTERSIGN_MASTER_KEY, or COUNTERSIGN_MASTER_KEY_FILE to a copy of the"
                            + " first node's master.key.",
                    e);
        }
    }

    /** The secret of that name, or empty when no node has set it yet. */
    public Optional<byte[]> find(String name) {
        return database.jdbi().withHandle(handle -> find(handle, name));
    }

    /** The secret of that name, which is the given one when no node has set it before. */
    public byte[] agree(String name, byte[] mine) {
        Optional<byte[]> known = find(name);
        if (known.isPresent()) {
            return known.get();
        }
        try {
            database.useTransaction(tx -> tx.createUpdate(ADD)
                    .bind("name", name)
                    .bind("sealed", database.keys().seal(mine, name))
                    .execute());
            database.barrier();
        } catch (JdbiException e) {
            // Another node was faster by so little that both inserted; then its secret is there to be read.
            return find(name).orElseThrow(() -> e);
        }
        return find(name).orElseThrow();
    }

    private Optional<byte[]> find(Handle handle, String name) {
        return handle.createQuery(FIND)
                .bind("name", name)
                .map((row, context) -> row.getBytes(1))
                .findOne()
                .map(bytes -> database.keys().unseal(bytes, name));
    }
}
