package dev.countersign.thread;

import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.countersign.db.Sql;
import dev.countersign.db.TextCipher;
import java.nio.ByteBuffer;
import org.jdbi.v3.core.Handle;

/**
 * Where the words of an event lie: sealed in its row until they are in the transcript too; from then on there alone, and the row names the
 * message, in five bytes: a 16, which begins no sealed text, and the message's index in the thread's own log. Such a row is not sealed:
 * whoever can write to the store can have it name another of the user's messages there, so it is read for looking back, never for running.
 */
public final class EventWords {
    private static final byte IN_MESSAGE = 16;
    private static final int LENGTH = 1 + Integer.BYTES;
    private static final Sql LEAVE = Sql.of("UPDATE event SET body = :body WHERE thread_id = :thread AND seq = :seq");
    private static final Sql SELECT_MESSAGE = Sql.of("SELECT body FROM message WHERE log_id = :log AND idx = :idx");

    private EventWords() {}

    /**
     * Leaves an event's words to a message that is written in the same transaction.
     *
     * @param idx of a message of those words, in the thread's own log
     */
    public static void leave(Handle tx, String threadId, long seq, int idx) {
        byte[] body = ByteBuffer.allocate(LENGTH).put(IN_MESSAGE).putInt(idx).array();
        LEAVE.on(tx)
                .bind("body", body)
                .bind("thread", threadId)
                .bind("seq", seq)
                .execute();
    }

    /**
     * The words of an event that a turn may have begun with.
     *
     * @param place where they are sealed for while they lie in its row
     */
    static String read(Handle handle, TextCipher cipher, String logId, byte[] body, String place) {
        if (body.length != LENGTH || body[0] != IN_MESSAGE) {
            return cipher.decrypt(body, place);
        }
        int idx = ByteBuffer.wrap(body, 1, Integer.BYTES).getInt();
        byte[] sealed = SELECT_MESSAGE
                .on(handle)
                .bind("log", logId)
                .bind("idx", idx)
                .first(row -> row.getBytes(1))
                .orElseThrow(() -> new CountersignException(
                        Transcript.UNREADABLE,
                        place + ": expected its words in message " + idx
                                + ", got no such row: the store lost it, restore it from a backup"));
        Message message = Json.read(cipher.decrypt(sealed, Message.place(idx)), Message.class);
        if (message.role() != Message.Role.USER) {
            throw new CountersignException(
                    Transcript.UNREADABLE,
                    place + ": expected its words in message " + idx + ", got one of role " + message.role());
        }
        return message.text();
    }
}
