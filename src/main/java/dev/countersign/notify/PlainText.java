package dev.countersign.notify;

/** Foreign texts, made harmless for where they are put. Pure. */
final class PlainText {
    /** Longer values are cut: a message is told, not a document. */
    static final int VALUE_CHARS = 1_000;

    private PlainText() {}

    /**
     * One line: line breaks, control characters and those that turn or hide text become spaces, the length is bounded. So a value
     * can neither begin a line or a header of its own, nor show itself as something else.
     */
    static String line(String value) {
        String plain = value.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\s]+", " ")
                .strip();
        if (plain.codePointCount(0, plain.length()) <= VALUE_CHARS) {
            return plain;
        }
        return plain.substring(0, plain.offsetByCodePoints(0, VALUE_CHARS)) + "...";
    }

    /**
     * The same for Slack's mrkdwn, and for the Markdown of those that are compatible with it. The three characters that Slack
     * reads are escaped, which leaves neither links nor mentions of its own form. A backtick would end the code span that the
     * templates put a value in, and becomes an apostrophe. An at sign in front of a word is kept from being a mention, which
     * others than Slack read from plain text, by a character without width.
     */
    static String mrkdwn(String value) {
        return line(value)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace('`', '\'')
                .replace("@", "@\u200b");
    }
}
