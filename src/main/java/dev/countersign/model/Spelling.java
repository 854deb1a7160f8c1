package dev.countersign.model;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** How alike two words are, typing errors forgiven. */
final class Spelling {
    private final Set<String> known;
    private final Set<String> stems = new HashSet<>();
    private final TreeSet<String> candidates;

    Spelling(Collection<String> words) {
        known = new HashSet<>(words);
        candidates = new TreeSet<>(words);
        words.forEach(word -> stems.add(Stem.of(word)));
        candidates.removeIf(word -> word.length() < 3 || word.startsWith("{"));
    }

    /** The word itself when it is known or nothing is close, else the closest known word. */
    String correct(String word) {
        if (word.length() < 4 || known.contains(word) || stems.contains(Stem.of(word)) || !isLetters(word)) {
            return word;
        }
        String best = word;
        int bestDistance = slips(word.length()) + 1;
        for (String candidate : candidates) {
            if (Math.abs(candidate.length() - word.length()) < bestDistance && plausible(word, candidate)) {
                int distance = distance(word, candidate, bestDistance);
                if (distance < bestDistance) {
                    bestDistance = distance;
                    best = candidate;
                }
            }
        }
        return best;
    }

    /** Whether the word or its stem was learnt; slots always are. */
    boolean knows(String word) {
        return word.startsWith("{") || word.length() < 3 || known.contains(word) || stems.contains(Stem.of(word));
    }

    private static boolean plausible(String word, String candidate) {
        boolean sameStart = word.charAt(0) == candidate.charAt(0);
        return sameStart || (word.length() >= 5 && candidate.length() >= 5);
    }

    private static boolean isLetters(String word) {
        return word.chars().allMatch(Character::isLetter);
    }

    /** Whether one may be a mistyped form of the other. */
    static boolean alike(String left, String right) {
        if (left.equals(right)) {
            return true;
        }
        int shorter = Math.min(left.length(), right.length());
        int allowed = slips(shorter);
        if (shorter < 4 || Math.abs(left.length() - right.length()) > allowed || !isLetters(left)) {
            return false;
        }
        if (left.charAt(0) != right.charAt(0) && shorter < 6) {
            return false;
        }
        return distance(left, right, allowed + 1) <= allowed;
    }

    /** How many of their letter pairs two words share, from 0 to 1. */
    static double sharedPairs(String left, String right) {
        int shared = 0;
        boolean[] used = new boolean[right.length()];
        for (int i = 0; i + 1 < left.length(); i++) {
            for (int j = 0; j + 1 < right.length(); j++) {
                if (!used[j] && left.charAt(i) == right.charAt(j) && left.charAt(i + 1) == right.charAt(j + 1)) {
                    used[j] = true;
                    shared++;
                    break;
                }
            }
        }
        return 2.0 * shared / (left.length() + right.length() - 2);
    }

    private static int slips(int length) {
        return length < 4 ? 0 : length < 7 ? 1 : 2;
    }

    /** Insertions, deletions, replacements and swaps of neighbours; stops counting at {@code limit}. */
    static int distance(String left, String right, int limit) {
        int[] before = new int[right.length() + 1];
        int[] previous = new int[right.length() + 1];
        int[] row = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            row[0] = i;
            int least = i;
            for (int j = 1; j <= right.length(); j++) {
                int change = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j - 1] + 1, previous[j] + 1), previous[j - 1] + change);
                if (i > 1
                        && j > 1
                        && left.charAt(i - 1) == right.charAt(j - 2)
                        && left.charAt(i - 2) == right.charAt(j - 1)) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
                least = Math.min(least, row[j]);
            }
            if (least >= limit) {
                return limit;
            }
            int[] spare = before;
            before = previous;
            previous = row;
            row = spare;
        }
        return previous[right.length()];
    }
}
