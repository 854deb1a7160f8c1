package dev.countersign.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Cuts a goal into its steps: at line ends, numbers, "then", sentence ends, semicolons, commas and "and". */
final class Steps {
    private static final Pattern CUT = Pattern.compile(
            "(?i)\\s*(?:\\n+\\s*(?:[-*•]|\\d+[.)])?|(?<=\\s|^)\\d+[.)]\\s|;|[.!?](?=\\s)|,?\\s*\\b(?:and\\s+)?(?:after that|afterwards|then|next|finally|lastly)\\b[,:]?|,\\s*and\\s|,|\\band\\b(?:\\s+also\\b)?)\\s*");
    private static final Pattern SENTENCE_END = Pattern.compile("(?<=[.!?;])\\s+|\\n+|\\s[-–—]+\\s");
    private static final Set<String> EACH = Set.of("each", "every", "all");
    private static final int STEPS_MAX = 100;

    private Steps() {}

    static List<String> split(String text) {
        List<String> steps = new ArrayList<>();
        for (String part : CUT.split(text)) {
            String step = part.strip();
            if (!step.isEmpty() && steps.size() < STEPS_MAX) {
                steps.add(step);
            }
        }
        return steps;
    }

    /** The sentences of a text; a dash sets one apart too. */
    static List<String> sentences(String text) {
        return SENTENCE_END
                .splitAsStream(text)
                .map(String::strip)
                .filter(sentence -> !sentence.isEmpty())
                .limit(STEPS_MAX)
                .toList();
    }

    static boolean saysEach(List<String> words) {
        return words.stream().anyMatch(EACH::contains);
    }
}
