package dev.countersign.thread;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.db.Database;
import dev.countersign.db.Sql;
import dev.countersign.db.TextCipher;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Opens the keys of message logs, keeping the last thousand at hand. Safe for use by many threads. */
public final class LogKeys {
    /** A log was erased, or never was. */
    public static final ErrorCode ERASED = new ErrorCode("CS-211", ErrorCode.Kind.NOT_FOUND);

    private static final int KEPT = 1_000;
    private static final Sql SELECT_KEY = Sql.of("SELECT wrapped_key FROM message_log WHERE id = :id");
    private static final Sql INSERT_LOG =
            Sql.of("INSERT INTO message_log (id, wrapped_key, created_at) VALUES (:id, :key, :at)");
    private static final String DELETE_LOG = "DELETE FROM message_log WHERE id = :id";

    private final Database database;
    private final Map<String, TextCipher> kept = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TextCipher> eldest) {
            return size() > KEPT;
        }
    };

    public LogKeys(Database database) {
        this.database = database;
    }

    /** Starts a log with a key of its own. */
    public void create(Handle tx, String logId, long at) {
        INSERT_LOG
                .on(tx)
                .bind("id", logId)
                .bind("key", database.keys().newWrappedKey(logId))
                .bind("at", at)
                .execute();
    }

    /**
     * Destroys a log's key, and with it every text under it, once the transaction commits. Other processes may hold the key in
     * memory for a while.
     */
    public void destroy(Handle tx, String logId) {
        tx.createUpdate(DELETE_LOG).bind("id", logId).execute();
    }

    /** Keeps a key no longer at hand, after its log was destroyed. */
    public void forget(String logId) {
        synchronized (kept) {
            kept.remove(logId);
        }
    }

    /** The cipher for a log's texts, read outside of any other transaction. */
    public TextCipher of(String logId) {
        return database.jdbi().withHandle(handle -> of(handle, logId));
    }

    /** Takes a key that another query has brought along, so that a list of many logs needs no question for each. */
    public void brought(String logId, byte[] wrapped) {
        synchronized (kept) {
            if (!kept.containsKey(logId)) {
                kept.put(logId, database.keys().open(logId, wrapped));
            }
        }
    }

    /**
     * The cipher for a log's texts.
     *
     * @throws CountersignException {@code CS-211} when there is no such log, or it was erased
     */
    public TextCipher of(Handle handle, String logId) {
        synchronized (kept) {
            TextCipher cipher = kept.get(logId);
            if (cipher == null) {
                byte[] wrapped = SELECT_KEY
                        .on(handle)
                        .bind("id", logId)
                        .first(row -> row.getBytes(1))
                        .orElseThrow(() -> new CountersignException(
                                ERASED, "there is no key for log " + logId + ": it never existed or was erased"));
                cipher = database.keys().open(logId, wrapped);
                kept.put(logId, cipher);
            }
            return cipher;
        }
    }
}
