package dev.countersign.checkpoint;

import dev.countersign.db.Database;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;

/**
 * What agents were like when their steps ran: prompt, policy, limits, tools. Each is stored once, under the digest of its text,
 * and named by the steps that saw it. Sealed with the master key, as prompts are nobody else's to read; no text of a
 * conversation stands here, so erasing a thread leaves it. Safe for use by many
 * threads and processes.
 */
public final class Settings {
    /** A row's limit on H2. */
    private static final int BYTES_MAX = 1_000_000;

    private static final String FIND = "SELECT body FROM recorded_setting WHERE digest = :digest";
    private static final String ADD = """
            INSERT INTO recorded_setting (digest, body)
            SELECT CAST(:digest AS VARCHAR(64)), :body WHERE NOT EXISTS
                (SELECT 1 FROM recorded_setting WHERE digest = :digest)
            """;

    private final Database database;

    public Settings(Database database) {
        this.database = database;
    }

    /**
     * Keeps a setting; does nothing when it is there already.
     *
     * @return false when it is too large to be kept
     */
    public boolean keep(String digest, String text) {
        byte[] body = database.keys().sealText(text, place(digest));
        if (body.length > BYTES_MAX) {
            return false;
        }
        if (find(digest).isEmpty()) {
            try {
                database.useTransaction(tx -> tx.createUpdate(ADD)
                        .bind("digest", digest)
                        .bind("body", body)
                        .execute());
            } catch (JdbiException e) {
                // Another node was faster by so little that both inserted; then it is there.
                if (find(digest).isEmpty()) {
                    throw e;
                }
            }
        }
        return true;
    }

    public Optional<String> find(String digest) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(FIND)
                        .bind("digest", digest)
                        .map((row, context) -> database.keys().openText(row.getBytes("body"), place(digest)))
                        .findOne());
    }

    private static String place(String digest) {
        return "setting " + digest;
    }
}
