package dev.countersign.thread;

import dev.countersign.core.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/**
 * An append-only list of messages of which only what is asked for is in memory: the newest ones as they are added, older ones
 * page by page from their source. Adding gives a longer transcript and leaves the old one as it was; both share everything.
 * Safe for use by many threads.
 */
public final class Transcript {
    /** A row that a transcript or a step is read from is missing, or is not what was written. */
    public static final ErrorCode UNREADABLE = new ErrorCode("CS-220", ErrorCode.Kind.CORRUPT);

    /** Where older messages are read from. */
    @FunctionalInterface
    public interface Source {
        /** The messages from {@code from} (inclusive, from 0) to {@code to} (exclusive), all of which exist. */
        List<Message> read(int from, int to);
    }

    private static final int PAGE = 64;

    private final Shared shared;
    private final int size;

    private Transcript(Shared shared, int size) {
        this.shared = shared;
        this.size = size;
    }

    /** A transcript of a new thread. */
    public static Transcript empty() {
        return stored(0, (from, to) -> List.of());
    }

    /** A transcript of which {@code size} messages are stored; none is read yet. */
    public static Transcript stored(int size, Source source) {
        return stored(size, List.of(), source);
    }

    /** One of which the newest messages, oldest of these first, are at hand already. */
    public static Transcript stored(int size, List<Message> newest, Source source) {
        return new Transcript(new Shared(source, size - newest.size(), newest), size);
    }

    /** How many messages there are. */
    public int size() {
        return size;
    }

    /** This transcript and the messages after it. */
    public Transcript plus(List<Message> more) {
        return more.isEmpty() ? this : new Transcript(shared.append(size, more), size + more.size());
    }

    /** The last messages, oldest first; all of them when there are no more than {@code count}. */
    public List<Message> last(int count) {
        return slice(Math.max(0, size - count), size);
    }

    /** Those of the last messages that are in memory, oldest first, at most that many; nothing is read for it. */
    public List<Message> atHand(int count) {
        return shared.atHand(size, count);
    }

    /** The messages from {@code from} (inclusive, from 0) to {@code to} (exclusive, cut to the size), oldest first. */
    public List<Message> slice(int from, int to) {
        return shared.slice(from, Math.min(to, size));
    }

    /** The same stretch for somebody who asks once: no more than it is read, and what is read is not kept. */
    public List<Message> once(int from, int to) {
        return shared.once(from, Math.min(to, size));
    }

    /** What the versions of one transcript share: a loaded stretch that ends with the newest message. */
    private static final class Shared {
        private final Source source;
        private int loadedFrom;
        private List<Message> loaded;

        Shared(Source source, int loadedFrom, List<Message> loaded) {
            this.source = source;
            this.loadedFrom = loadedFrom;
            this.loaded = new ArrayList<>(loaded);
        }

        synchronized Shared append(int size, List<Message> more) {
            if (size == loadedFrom + loaded.size()) {
                loaded.addAll(more);
                return this;
            }
            // Somebody has already added to this version: the second branch keeps its own tail.
            Shared branch = new Shared(source, loadedFrom, loaded.subList(0, size - loadedFrom));
            branch.loaded.addAll(more);
            return branch;
        }

        synchronized List<Message> atHand(int size, int count) {
            return slice(Math.max(loadedFrom, size - count), size);
        }

        synchronized List<Message> slice(int from, int to) {
            check(from, to);
            if (from < loadedFrom && loadedFrom - from <= PAGE * 4 && to > loadedFrom - PAGE) {
                load(Math.max(0, Math.min(from, loadedFrom - PAGE)));
            }
            // Far back it is read past the window.
            return once(from, to);
        }

        private static void check(int from, int to) {
            if (from < 0 || from > to) {
                throw new IndexOutOfBoundsException("expected 0 <= from <= to, got " + from + " and " + to);
            }
        }

        synchronized List<Message> once(int from, int to) {
            check(from, to);
            if (from >= loadedFrom) {
                return List.copyOf(loaded.subList(from - loadedFrom, to - loadedFrom));
            }
            List<Message> far = new ArrayList<>(source.read(from, Math.min(to, loadedFrom)));
            if (to > loadedFrom) {
                far.addAll(loaded.subList(0, to - loadedFrom));
            }
            return List.copyOf(far);
        }

        private void load(int from) {
            List<Message> longer = new ArrayList<>(source.read(from, loadedFrom));
            longer.addAll(loaded);
            loaded = longer;
            loadedFrom = from;
        }
    }
}
