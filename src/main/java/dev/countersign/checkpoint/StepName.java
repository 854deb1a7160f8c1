package dev.countersign.checkpoint;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The id of a checkpoint, for those outside of this room: its thread's id, a full stop, and the number of the step, which counts
 * from 1. A number is given once in a thread, so nothing needs to be stored or looked up for it.
 */
final class StepName {
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");

    private StepName() {}

    static String of(String threadId, long seq) {
        return threadId + "." + seq;
    }

    /** The number of the step of that thread that is called so; 0, which no step has, for any other text. */
    static long seq(String threadId, String name) {
        if (!name.startsWith(threadId + ".")) {
            return 0;
        }
        Matcher number = NUMBER.matcher(name.substring(threadId.length() + 1));
        return number.matches() ? Long.parseLong(number.group()) : 0;
    }
}
