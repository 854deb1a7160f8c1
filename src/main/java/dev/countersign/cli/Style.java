package dev.countersign.cli;

/**
 * A little colour, where people look and want it.
 *
 * @param on false leaves every text plain
 */
record Style(boolean on) {
    private static final String END = "\u001b[0m";

    String bold(String text) {
        return with("\u001b[1m", text);
    }

    String dim(String text) {
        return with("\u001b[2m", text);
    }

    String red(String text) {
        return with("\u001b[31m", text);
    }

    String green(String text) {
        return with("\u001b[32m", text);
    }

    String yellow(String text) {
        return with("\u001b[33m", text);
    }

    private String with(String start, String text) {
        return on ? start + text + END : text;
    }

    /** A foreign text made fit to print: nobody's words may steer the terminal. */
    static String harmless(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints()
                .filter(point -> point == '\n' || point == '\t' || !Character.isISOControl(point))
                .forEach(shown::appendCodePoint);
        return shown.toString();
    }

    /** The same on one line of at most that many characters. */
    static String line(String text, int charsMax) {
        String flat = harmless(text).replaceAll("\\s+", " ").strip();
        return flat.length() <= charsMax ? flat : flat.substring(0, charsMax - 1) + "…";
    }
}
