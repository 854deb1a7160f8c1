package dev.countersign.core;

import java.util.regex.Pattern;

/**
 * A verified user: the key Permit knows them by, which is also their login. Only code that has checked a login, or a host
 * that binds identity (a desktop user, an MCP host), makes one; never a model or a message.
 *
 * @param user Permit user key, as Permit's own pattern allows, except the path words {@code .} and {@code ..}
 */
public record Principal(String user) {
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9|@+\\-._]{1,128}");
    private static final ErrorCode BAD_USER = new ErrorCode("CS-111", ErrorCode.Kind.INVALID);

    public Principal {
        if (!isKey(user)) {
            throw new CountersignException(
                    BAD_USER,
                    "expected a user key of 1 to 128 letters, digits or | @ + - . _ , got "
                            + (user.length() > 40 ? user.length() + " characters" : "'" + user + "'"));
        }
    }

    /** Whether the text can be a Permit user key. */
    public static boolean isKey(String text) {
        return KEY.matcher(text).matches() && !text.equals(".") && !text.equals("..");
    }
}
