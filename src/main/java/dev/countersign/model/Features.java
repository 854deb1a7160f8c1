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
        for (String word : words) {
            if (!EMPTY_WORDS.contains(word)) {
                stems.add(Stem.of(word));
            }
        }
        Set<String> features = new LinkedHashSet<>();
        features.add("bias");
        for (int i = 0; i < stems.size(); i++) {
            String stem = stems.get(i);
            String concept = concepts.getOrDefault(stem, stem);
            features.add(stem);
            features.add(concept);
            if (i == 0) {
                features.add("^" + concept);
            }
            for (int j = i + 1; j < Math.min(stems.size(), i + 1 + REACH); j++) {
                String other = concepts.getOrDefault(stems.get(j), stems.get(j));
                features.add(concept + (j == i + 1 ? " " : " ~ ") + other);
            }
        }
        return features;
    }
}
