package dev.countersign.graph;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;

/** What people say, within bounds. */
final class Said {
    private static final ErrorCode BAD_MESSAGE = new ErrorCode("CS-604", ErrorCode.Kind.INVALID);
    private static final int MESSAGE_CHARS_MAX = 32_000;
    private static final int TITLE_CHARS_MAX = 200;

    private Said() {}

    /**
     * Refuses what is no message.
     *
     * @throws CountersignException {@code CS-604} when it is blank or too long
     */
    static void check(String text) {
        if (text.isBlank() || text.length() > MESSAGE_CHARS_MAX) {
            throw new CountersignException(
                    BAD_MESSAGE,
                    "expected a text of 1 to " + MESSAGE_CHARS_MAX + " characters, got "
                            + (text.isBlank() ? "nothing but space" : text.length() + " characters"));
        }
    }

    /** A goal as a title: cut where it is too long for one. */
    static String title(String goal) {
        return goal.length() > TITLE_CHARS_MAX ? goal.substring(0, TITLE_CHARS_MAX) : goal;
    }
}
