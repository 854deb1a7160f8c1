package dev.countersign.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns a phrase's words into features: stems, concepts (groups of synonyms), and pairs of both that stand near each other. */
final class Features {
    private static final Set<String> EMPTY_WORDS = Set.of("please", "the", "a", "an", "just", "hey", "hi", "so", "oh");
    private static final int REACH = 3;

    private final Map<String, String> concepts = new HashMap<>();

    Features(List<List<String>> synonyms) {
        for (List<String> group : synonyms) {
            for (String word : group) {
                concepts.putIfAbsent(Stem.of(word), "=" + Stem.of(group.get(0)));
            }
        }
    }

    Set<String> of(List<String> words) {
        List<String> stems = new ArrayList<>();
        Set<String> features = new LinkedHashSet<>();
        features.add("bias");
        for (String word : words) {
            if (!EMPTY_WORDS.contains(word)) {
                String stem = Stem.of(word);
                stems.add(stem);
                // "denied requests" asks for a list, "deny the request" for an act: the ending carries meaning too.
                if (!word.equals(stem) && !word.equals(stem + "e")) {
                    features.add("'" + word);
                }
            }
        }
        for (int i = 0; i < stems.size(); i++) {
            String stem = stems.get(i);
            String concept = conceptOf(stem);
            features.add(stem);
            features.add(concept);
            if (i == 0) {
                features.add("^" + concept);
            }
            for (int j = i + 1; j < Math.min(stems.size(), i + 1 + REACH); j++) {
                String other = conceptOf(stems.get(j));
                features.add(concept + (j == i + 1 ? " " : " ~ ") + other);
            }
        }
        return features;
    }

    /** Whether two words mean the same thing, endings aside. */
    boolean sameMeaning(String left, String right) {
        return conceptOf(Stem.of(left)).equals(conceptOf(Stem.of(right)));
    }

    private String conceptOf(String stem) {
        return concepts.getOrDefault(stem, stem);
    }
}
