package dev.countersign.replay;

/**
 * Where a replay first came to something else than the record.
 *
 * @param step its number, from 1
 * @param checkpoint the recorded step's id; empty when the record has none
 * @param node that ran
 * @param what differs: a key of the state, a field of a message, the next node, a question
 * @param expected by the record
 */
public record Divergence(
        String thread, long step, String checkpoint, String node, String what, String expected, String got) {
    private static final int CHARS_MAX = 600;

    /** In one line. */
    public String line() {
        return "thread " + thread + ", step " + step + " (" + (checkpoint.isEmpty() ? "not recorded" : checkpoint)
                + "), node " + node + ", " + what + ": expected " + brief(expected) + ", got " + brief(got);
    }

    static String brief(String text) {
        return text.length() <= CHARS_MAX
                ? text
                : text.substring(0, CHARS_MAX) + "… (" + text.length() + " characters)";
    }
}
