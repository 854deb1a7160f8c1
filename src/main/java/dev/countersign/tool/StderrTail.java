package dev.countersign.tool;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/** The last lines that a server wrote to its standard error: bounded, printable, without the secrets it was given. */
final class StderrTail {
    private static final int LINES = 12;

    private final List<String> secrets;
    private final Deque<String> lines = new ArrayDeque<>();

    StderrTail(Collection<String> secrets) {
        this.secrets = List.copyOf(secrets);
    }

    synchronized void add(String line) {
        String shown = line;
        for (String secret : secrets) {
            shown = shown.replace(secret, "***");
        }
        lines.addLast(Words.brief(shown));
        if (lines.size() > LINES) {
            lines.removeFirst();
        }
    }

    /** The lines, oldest first, on one line; says so when there are none. */
    synchronized String text() {
        return lines.isEmpty()
                ? "it said nothing on its standard error"
                : "its last words: " + String.join(" | ", lines);
    }
}
