package dev.countersign.tool;

import dev.countersign.core.Json;
import java.util.Locale;

/** Makes texts of strangers harmless before they stand in a message, and cuts what is too long. Pure. */
final class Words {
    private static final int BRIEF_CHARS = 120;

    private Words() {}

    /** At most 120 characters of printable ASCII; everything else is written as its code, so that look-alikes show. */
    static String brief(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (shown.length() >= BRIEF_CHARS) {
                return shown.append("...").toString();
            }
            char c = text.charAt(i);
            if (c >= ' ' && c < 127) {
                shown.append(c);
            } else {
                shown.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        return shown.toString();
    }

    static String quoted(String text) {
        return "'" + brief(text) + "'";
    }

    /** The text, or its beginning and a line that says how much is missing; never cuts a character in two. */
    static String cut(String text, int charsMax) {
        if (text.length() <= charsMax) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(charsMax - 1)) ? charsMax - 1 : charsMax;
        return text.substring(0, end) + "\n[cut: " + end + " of " + text.length() + " characters shown]";
    }

    /** An error as a transcript holds it. */
    static String error(String code, String message) {
        return Json.object().put("error", code).put("message", message).toString();
    }
}
