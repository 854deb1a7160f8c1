package dev.countersign.model;

import java.util.List;
import java.util.Set;

/** Hears "not" before the verb of a tool, so that a refusal is never taken for the act it refuses. */
final class Negation {
    private static final Set<String> NOT = Set.of("not", "never", "cannot");
    private static final String YES = "approve";
    private static final String NO = "deny";

    /** Words that may stand between "not" and what is negated: "I am not going to be able to approve it". */
    private static final Set<String> BETWEEN = Set.of(
            "to",
            "going",
            "want",
            "wish",
            "like",
            "be",
            "been",
            "get",
            "really",
            "able",
            "willing",
            "prepared",
            "happy",
            "ever",
            "yet",
            "just",
            "think",
            "about",
            "possibly",
            "simply",
            "now");

    private final Router router;

    Negation(Router router) {
        this.router = router;
    }

    /** Whether the words say not to do what the tool's verb says. */
    boolean negates(List<String> words, String tool) {
        for (int i = 0; i < words.size(); i++) {
            if (NOT.contains(words.get(i))) {
                int verb = i + 1;
                while (verb < words.size() && BETWEEN.contains(words.get(verb))) {
                    verb++;
                }
                if (verb < words.size() && isVerbOf(tool, words.get(verb))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A yes has many words, all of them worth hearing; elsewhere likeness is too loose to turn a wish down. */
    private boolean isVerbOf(String tool, String word) {
        String verb = verb(tool);
        return Stem.of(verb).equals(Stem.of(word)) || (isYes(tool) && router.sameMeaning(verb, word));
    }

    /** Whether one tool says no to what the other says yes to. */
    boolean isOpposite(String tool, String other) {
        boolean sameThing = noun(tool).equals(noun(other)) && !noun(tool).isEmpty();
        return sameThing && isYes(tool) && router.sameMeaning(verb(other), NO);
    }

    private boolean isYes(String tool) {
        return router.sameMeaning(verb(tool), YES);
    }

    private static String verb(String tool) {
        return tool.split("_", 2)[0];
    }

    private static String noun(String tool) {
        return tool.substring(verb(tool).length());
    }
}
