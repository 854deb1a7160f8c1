package dev.countersign.lab.soak;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one message of the soak asks for. The token is its own in the whole soak and travels everywhere: message, call,
 * ledger, request at Permit.
 *
 * @param plot the resource instance that a gated errand is about
 */
record Errand(Kind kind, String token, String plot) {
    private static final Pattern WORDS = Pattern.compile("^soak (\\w+) (t[0-9a-z]+) on (plot-[0-9-]+)$");

    /** The kinds of work. */
    enum Kind {
        /** Words only: no call. */
        TALK,
        /** An effect that may not be repeated. */
        MARK,
        /** The same, and slow, so that kills hit it in the middle. */
        SLOW,
        /** An effect that may be repeated under its key; slow, too. */
        KEEP,
        /** An effect that waits for an operation approval. */
        GATED,
        /** The same, with a deadline of seconds. */
        BRIEF,
        /** An access request; nothing is run for it. */
        ACCESS;

        boolean isGated() {
            return this == GATED || this == BRIEF;
        }

        boolean isRequest() {
            return isGated() || this == ACCESS;
        }
    }

    /** What the user writes. */
    String text() {
        return "soak " + kind + " " + token + " on " + plot;
    }

    /** The errand in a text that {@link #text} made; empty for any other text. */
    static Optional<Errand> in(String text) {
        Matcher words = WORDS.matcher(text);
        return words.matches()
                ? Optional.of(new Errand(
                        Kind.valueOf(words.group(1)), String.valueOf(words.group(2)), String.valueOf(words.group(3))))
                : Optional.empty();
    }
}
