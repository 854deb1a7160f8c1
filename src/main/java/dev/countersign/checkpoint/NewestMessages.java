package dev.countersign.checkpoint;

import dev.countersign.thread.Message;
import dev.countersign.thread.Transcript;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The newest step of chats whose last turn ended here, and their newest messages, so that the next one need not read and open them again. In plain text,
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

    /**
     * A thread at rest.
     *
     * @param step the newest checkpoint, its state without messages
     * @param segments where its messages are
     * @param newest the newest messages, oldest first
     */
    record Rest(CheckpointStore.Stored step, List<StoredMessages.Segment> segments, List<Message> newest) {}

    private record Entry(Rest rest, int size, long bytes) {}

    /** Keeps what is in memory of a transcript, once the checkpoint that it belongs to has committed. */
    void keep(
            String threadId,
            CheckpointStore.Stored step,
            List<StoredMessages.Segment> segments,
            Transcript transcript) {
        Entry entry = entry(step, segments, transcript);
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

    private static Entry entry(
            CheckpointStore.Stored step, List<StoredMessages.Segment> segments, Transcript transcript) {
        List<Message> atHand = transcript.atHand(MESSAGES_MAX);
        ArrayDeque<Message> newest = new ArrayDeque<>();
        long bytes = bytes(step.state());
        for (int i = atHand.size() - 1; i >= 0; i--) {
            long more = bytes(atHand.get(i));
            if (bytes + more > THREAD_BYTES_MAX) {
                break;
            }
            bytes += more;
            newest.addFirst(atHand.get(i));
        }
        return new Entry(new Rest(step, List.copyOf(segments), List.copyOf(newest)), transcript.size(), bytes);
    }

    /** At most: what stands in a state is texts, and what is shorter than those. */
    private static long bytes(Map<String, Object> state) {
        return state.values().stream()
                .mapToLong(value -> BYTES_EACH + 2L * String.valueOf(value).length())
                .sum();
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
     * Gives away how the thread rests, if that is with this checkpoint; else nothing.
     *
     * @param size how many messages the thread has at that checkpoint
     */
    synchronized Optional<Rest> take(String threadId, long checkpoint, int size) {
        Optional<Rest> rest = look(threadId, checkpoint, size);
        forget(threadId);
        return rest;
    }

    /** The same for somebody who only looks. */
    synchronized Optional<Rest> look(String threadId, long checkpoint, int size) {
        Entry entry = entries.get(threadId);
        if (entry == null || entry.rest().step().seq() != checkpoint || entry.size() != size) {
            return Optional.empty();
        }
        return Optional.of(entry.rest());
    }

    /** Keeps nothing of this thread. */
    synchronized void forget(String threadId) {
        Entry gone = entries.remove(threadId);
        bytes -= gone == null ? 0 : gone.bytes();
    }
}
