package dev.countersign.log;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The newest row of a chain, which stands for all before it. Kept elsewhere, it proves later that none of them was rewritten.
 *
 * @param seq 0 for a log without rows
 * @param hash of that row, 64 lower-case hexadecimal digits
 */
public record LogHead(long seq, String hash) {
    private static final ErrorCode NOT_A_HEAD = new ErrorCode("CS-240", ErrorCode.Kind.INVALID);
    private static final Pattern WORDS = Pattern.compile("(\\d{1,18}):([0-9a-f]{64})");

    /** The head of a log without rows. */
    public static final LogHead EMPTY = new LogHead(0, "0".repeat(64));

    /**
     * Reads {@code SEQ:HASH}.
     *
     * @throws CountersignException {@code CS-240} when it is something else
     */
    public static LogHead parse(String text) {
        Matcher words = WORDS.matcher(text.strip());
        if (!words.matches()) {
            throw new CountersignException(
                    NOT_A_HEAD,
                    "expected a head as 'countersign log head' prints it, SEQ:HASH with 64 hexadecimal digits, got "
                            + text.length() + " other characters");
        }
        return new LogHead(Long.parseLong(words.group(1)), words.group(2));
    }

    /** {@code SEQ:HASH}. */
    @Override
    public String toString() {
        return seq + ":" + hash;
    }
}
