package dev.countersign.checkpoint;

import dev.countersign.thread.Message;
import dev.countersign.thread.Transcript;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The newest messages of chats whose last turn ended here, so that the next one need not read and open them again. In plain text,
 * in memory only, the chats that ran last and at most 16 MB of them; nothing of a thread that is parked, since that
 * holds nothing, and nothing of one while it runs.
 *
 * <p>An entry is named by the number of the checkpoint that it ends with. That is never replaced, and messages before it
 * never change: whoever has just read from the store that this is a thread's newest checkpoint may use the entry, whoever wrote
 * there meanwhile. One that does not fit is thrown away. Safe for use by many threads.
 */
final class NewestMessages {
    /** More than the window of an agent that says nothing of it. */
    private static final int MESSAGES_MAX = 256;

    private static final long THREAD_BYTES_MAX = 512L << 10;
    private static final long BYTES_MAX = 16L << 20;

    /** Of a message beside its texts: some objects of a few words each. */
    private static final int BYTES_EACH = 200;

    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private long bytes;

    private record Entry(long checkpoint, int size, List<Message> newest, long bytes) {}

    /** Keeps what is in memory of a transcript, once the checkpoint that it belongs to has committed. */
    void keep(String threadId, long checkpoint, Transcript transcript) {
        Entry entry = entry(checkpoint, transcript);
        synchronized (this) {
            forget(threadId);
            entries.put(threadId, entry);
            bytes += entry.bytes();
            Iterator<Entry> oldest = entries.values().iterator();
            while (bytes > BYTES_MAX) {
                bytes -= oldest.next().bytes();
                oldest.remove();
            }
        }
    }

    private static Entry entry(long checkpoint, Transcript transcript) {
        List<Message> atHand = transcript.atHand(MESSAGES_MAX);
        ArrayDeque<Message> newest = new ArrayDeque<>();
        long bytes = 0;
        for (int i = atHand.size() - 1; i >= 0; i--) {
            long more = bytes(atHand.get(i));
            if (bytes + more > THREAD_BYTES_MAX) {
                break;
            }
            bytes += more;
            newest.addFirst(atHand.get(i));
        }
        return new Entry(checkpoint, transcript.size(), List.copyOf(newest), bytes);
    }

    /** At most: a text may have two bytes for each of its characters. */
    private static long bytes(Message message) {
        long chars = message.text().length();
        for (Message.ToolCall call : message.calls()) {
            chars += BYTES_EACH + call.arguments().length();
        }
        return BYTES_EACH + 2 * chars;
    }

    /**
     * Gives away the newest of the thread's messages, oldest first, if they are those that this checkpoint ends with; else none.
     *
     * @param size how many messages the thread has at that checkpoint
     */
    synchronized List<Message> take(String threadId, long checkpoint, int size) {
        Entry entry = entries.get(threadId);
        forget(threadId);
        if (entry == null || entry.checkpoint() != checkpoint || entry.size() != size) {
            return List.of();
        }
        return entry.newest();
    }

    /** Keeps nothing of this thread. */
    synchronized void forget(String threadId) {
        Entry gone = entries.remove(threadId);
        bytes -= gone == null ? 0 : gone.bytes();
    }
}
