package dev.countersign.model;

import java.util.Set;

/** Takes common English endings off a word: enough that "orders", "ordered" and "ordering" meet. */
final class Stem {
    private static final Set<String> KEPT = Set.of("this", "is", "was", "has", "does", "yes", "us", "thanks", "thing");

    private Stem() {}

    static String of(String word) {
        if (word.length() < 4 || word.startsWith("{") || KEPT.contains(word)) {
            return word;
        }
        String stem = word;
        if (stem.endsWith("ies") && stem.length() > 4) {
            return stem.substring(0, stem.length() - 3) + "y";
        }
        if (stem.endsWith("ing") && stem.length() > 5) {
            stem = stem.substring(0, stem.length() - 3);
        } else if (stem.endsWith("ed") && stem.length() > 4) {
            stem = stem.substring(0, stem.length() - 2);
        } else if (stem.endsWith("es") && stem.length() > 4 && "sxzh".indexOf(stem.charAt(stem.length() - 3)) >= 0) {
            stem = stem.substring(0, stem.length() - 2);
        } else if (stem.endsWith("s") && !stem.endsWith("ss")) {
            stem = stem.substring(0, stem.length() - 1);
        }
        boolean doubled = stem.length() > 3
                && stem.charAt(stem.length() - 1) == stem.charAt(stem.length() - 2)
                && !word.equals(stem);
        if (doubled && "lsz".indexOf(stem.charAt(stem.length() - 1)) < 0) {
            return stem.substring(0, stem.length() - 1);
        }
        return stem.length() > 3 && stem.endsWith("e") ? stem.substring(0, stem.length() - 1) : stem;
    }
}
