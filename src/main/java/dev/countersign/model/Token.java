package dev.countersign.model;

/**
 * A word of a text.
 *
 * @param word normalised: lower case, no accents, contractions taken apart; or a slot such as {@code {reason}}
 * @param start where it begins in the original text
 * @param end where it ends there, exclusive
 */
record Token(String word, int start, int end) {
    boolean isSlot() {
        return word.startsWith("{");
    }
}
