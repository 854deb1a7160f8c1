package dev.countersign.emulator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last 10,000 requests, oldest first, in memory. Safe for use by many threads. */
public final class RequestLog {
    private static final int LARGEST = 10_000;

    private final Deque<LoggedRequest> entries = new ArrayDeque<>();

    RequestLog() {}

    synchronized void add(LoggedRequest entry) {
        if (entries.size() == LARGEST) {
            entries.removeFirst();
        }
        entries.addLast(entry);
    }

    /** What came so far. */
    public synchronized List<LoggedRequest> all() {
        return List.copyOf(entries);
    }

    /** What came so far with this method and a path that holds the text. */
    public List<LoggedRequest> matching(String method, String pathPart) {
        return all().stream()
                .filter(entry -> entry.method().equals(method) && entry.path().contains(pathPart))
                .toList();
    }

    /** Forgets everything. */
    public synchronized void clear() {
        entries.clear();
    }
}
