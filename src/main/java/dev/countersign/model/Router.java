package dev.countersign.model;

import dev.langchain4j.agent.tool.ToolSpecification;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Decides which tool an utterance asks for, by its likeness to example phrases. Knows every tool of the phrasebook, offered
 * or not: that somebody asks for a tool that is not theirs must be seen, not rounded to the nearest one that is.
 */
final class Router {
    /** The label for "no tool". */
    static final String NONE = "-";

    /** Stands for a word that nobody taught us, such as a person's name; phrases may hold it too. */
    static final String UNKNOWN = "{name}";

    private static final int EXAMPLES_ENOUGH = 8;
    private static final double LOUDER_MAX = 4;

    /** From this share of the largest tool's weight on, a tool is heard as it is. */
    private static final double HEARD = 0.2;

    private final Features features;
    private final Classifier classifier;
    private final Spelling spelling;
    private final Set<String> literals;
    private final Map<String, List<String>> phrases;

    /** A tool and how likely it is meant, from 0 to 1. */
    record Route(String tool, double chance) {}

    Router(Phrasebook phrasebook, List<ToolSpecification> offered) {
        List<List<String>> synonyms = new ArrayList<>(phrasebook.synonyms());
        synonyms.addAll(GeneralPhrases.synonyms());
        features = new Features(synonyms);
        phrases = phrases(phrasebook, offered);
        List<Classifier.Sample> samples = new ArrayList<>();
        Set<String> words = new HashSet<>();
        phrases.forEach((label, list) -> list.forEach(phrase -> {
            List<String> variants = Template.expand(phrase);
            double weight = Math.pow(variants.size(), -0.6);
            for (String variant : variants) {
                List<String> tokens = Tokens.plain(variant);
                words.addAll(tokens);
                samples.add(new Classifier.Sample(label, features.of(tokens), weight));
            }
        }));
        classifier = new Classifier(balanced(samples));
        literals = Set.copyOf(words);
        synonyms.forEach(group -> group.forEach(word -> words.addAll(Tokens.plain(word))));
        words.addAll(GeneralPhrases.commonWords());
        spelling = new Spelling(words);
    }

    /** A tool with a handful of phrases must be heard beside one with hundreds. */
    private static List<Classifier.Sample> balanced(List<Classifier.Sample> samples) {
        Map<String, Double> totals = new TreeMap<>();
        samples.forEach(sample -> totals.merge(sample.label(), sample.weight(), Double::sum));
        double most =
                totals.values().stream().mapToDouble(Double::doubleValue).max().orElse(1);
        return samples.stream()
                .map(sample -> {
                    double share = totals.getOrDefault(sample.label(), most) / most;
                    double louder = share >= HEARD ? 1 : Math.min(LOUDER_MAX, Math.pow(share / HEARD, -0.5));
                    return new Classifier.Sample(sample.label(), sample.features(), sample.weight() * louder);
                })
                .toList();
    }

    /** Whether the tool's own name and description must help out, for want of examples. */
    static boolean isPoorlyKnown(Phrasebook phrasebook, ToolSpecification tool) {
        Phrasebook.ToolPhrases known = phrasebook.tools().get(tool.name());
        return known == null || known.phrases().size() < EXAMPLES_ENOUGH;
    }

    private static Map<String, List<String>> phrases(Phrasebook phrasebook, List<ToolSpecification> offered) {
        Map<String, List<String>> phrases = new TreeMap<>();
        phrasebook.tools().forEach((tool, known) -> phrases.put(tool, known.phrases()));
        List<String> none = new ArrayList<>(GeneralPhrases.none());
        none.addAll(phrasebook.none());
        phrases.put(NONE, none);
        for (ToolSpecification tool : offered) {
            if (isPoorlyKnown(phrasebook, tool)) {
                List<String> all = new ArrayList<>(phrases.getOrDefault(tool.name(), List.of()));
                all.addAll(GuessedPhrases.of(tool));
                phrases.put(tool.name(), all);
            }
        }
        return phrases;
    }

    /** All labels, the likeliest first; slots stand for what was recognised already. */
    List<Route> route(List<String> words) {
        List<String> corrected = words.stream()
                .map(word -> word.startsWith("{") ? word : spelling.correct(word))
                .map(word -> spelling.knows(word) ? word : UNKNOWN)
                .toList();
        return classifier.chances(features.of(corrected)).entrySet().stream()
                .map(entry -> new Route(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingDouble(Route::chance).reversed().thenComparing(Route::tool))
                .toList();
    }

    /** The word with likely typing errors taken out. */
    String correct(String word) {
        return spelling.correct(word);
    }

    /** Whether the word was learnt from anywhere: phrases, synonyms or common words. */
    boolean knows(String word) {
        return spelling.knows(word);
    }

    /** Whether two words mean the same thing, endings aside. */
    boolean sameMeaning(String left, String right) {
        return features.sameMeaning(left, right);
    }

    /** The phrases a tool is recognised by. */
    List<String> phrasesOf(String tool) {
        return phrases.getOrDefault(tool, List.of());
    }

    /** Whether the word is ordinary: it stands in some example phrase, outside of a slot. */
    boolean isOrdinary(String word) {
        return literals.contains(word);
    }
}
