package dev.countersign.permit;

import org.jspecify.annotations.Nullable;

/**
 * The reason as Permit stores it. Permit has no field for what an approval is for, nor for our reference, so both ride
 * behind the user's words:
 *
 * <pre>we celebrate [operation: order_dish: Truffle Pasta] [ref: k7f3]</pre>
 *
 * <p>The user cannot forge either: wherever the user's own words hold {@code [operation:} or {@code [ref:}, a backslash is
 * put behind the bracket on the way out ({@code [\operation:}) and taken away on the way in. So the first such mark that
 * stands unescaped is ours, and it counts only when everything from there to the end has exactly our form. Brackets and
 * backslashes inside the operation are escaped too, so it cannot end early and let a reference follow.
 *
 * @param reason the user's words
 * @param operation what is to be approved, or null
 * @param reference by which the request is found again, or null
 */
record ReasonText(
        String reason, @Nullable String operation, @Nullable String reference) {
    /** What Permit keeps unchanged, in code points. */
    static final int STORED_MAX = 4096;

    private static final int OPERATION_MAX = 500;
    private static final String OPERATION = " [operation: ";
    private static final String REFERENCE = " [ref: ";
    private static final String REFERENCE_FORM = "[A-Za-z0-9._-]{1,100}";

    /** The text to store. */
    String stored() {
        requireSound();
        StringBuilder text = new StringBuilder(reason.replaceAll("\\[(\\\\*(?:operation|ref):)", "[\\\\$1"));
        if (operation != null) {
            text.append(OPERATION)
                    .append(operation.replaceAll("[\\\\\\[\\]]", "\\\\$0"))
                    .append(']');
        }
        if (reference != null) {
            text.append(REFERENCE).append(reference).append(']');
        }
        int length = text.codePointCount(0, text.length());
        if (length > STORED_MAX) {
            throw Failures.invalid("expected a reason of at most "
                    + (STORED_MAX - length + reason.codePointCount(0, reason.length())) + " characters here, got "
                    + reason.codePointCount(0, reason.length()) + ". Shorten the reason.");
        }
        return text.toString();
    }

    /** Reads a stored text back; one that we did not write is all reason. */
    static ReasonText of(String stored) {
        int mark = firstMark(stored);
        if (mark < 0) {
            return new ReasonText(unescaped(stored), null, null);
        }
        String reason = unescaped(stored.substring(0, mark));
        String tail = stored.substring(mark);
        String operation = null;
        if (tail.startsWith(OPERATION)) {
            int end = closing(tail, OPERATION.length());
            if (end < 0) {
                return new ReasonText(unescaped(stored), null, null);
            }
            operation = tail.substring(OPERATION.length(), end).replaceAll("\\\\(.)", "$1");
            tail = tail.substring(end + 1);
        }
        if (tail.isEmpty()) {
            return new ReasonText(reason, operation, null);
        }
        if (tail.matches(" \\[ref: " + REFERENCE_FORM + "\\]")) {
            return new ReasonText(reason, operation, tail.substring(REFERENCE.length(), tail.length() - 1));
        }
        return new ReasonText(unescaped(stored), null, null);
    }

    private static int firstMark(String stored) {
        int operation = stored.indexOf(OPERATION);
        int reference = stored.indexOf(REFERENCE);
        return operation < 0 || (reference >= 0 && reference < operation) ? reference : operation;
    }

    /** The first bracket from there that closes, skipping escaped characters; -1 when none does. */
    private static int closing(String tail, int from) {
        for (int i = from; i < tail.length(); i++) {
            char c = tail.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == ']') {
                return i;
            } else if (c == '[') {
                return -1;
            }
        }
        return -1;
    }

    private static String unescaped(String reason) {
        return reason.replaceAll("\\[\\\\(\\\\*(?:operation|ref):)", "[$1");
    }

    private void requireSound() {
        if (reason.isBlank()) {
            throw Failures.invalid("expected a reason in the user's own words, got none. Ask the user for it.");
        }
        if (operation != null && (operation.isBlank() || operation.length() > OPERATION_MAX || misleads(operation))) {
            throw Failures.invalid("expected an operation of 1 to " + OPERATION_MAX
                    + " characters without control or direction characters, got something else");
        }
        if (reference != null && !reference.matches(REFERENCE_FORM)) {
            throw Failures.invalid("expected a reference of 1 to 100 letters, digits, dots, dashes or underscores");
        }
        if (reason.indexOf('\0') >= 0 || loneSurrogate(reason) || (operation != null && loneSurrogate(operation))) {
            throw Failures.invalid("expected a reason that is whole Unicode text, got a NUL or half a character");
        }
    }

    /** Line breaks and direction overrides could show a reviewer something else than what is approved. */
    private static boolean misleads(String text) {
        return text.codePoints()
                .anyMatch(c -> Character.isISOControl(c)
                        || (c >= 0x202A && c <= 0x202E)
                        || (c >= 0x2066 && c <= 0x2069)
                        || c == 0x2028
                        || c == 0x2029);
    }

    private static boolean loneSurrogate(String text) {
        return text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }
}
