package dev.countersign.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds what a text names: full names, names in another order, mistyped or run together, and single words that only one name
 * of its slot has ("the french one", and "the parisian one" where the phrasebook says that both mean the same). When the words fit several names alike, the mention keeps them all.
 */
final class Linker {
    private static final Set<String> FILLERS = Set.of("the", "a", "an", "of", "and", "some");
    private static final Set<String> PLACE_WORDS =
            Set.of("at", "from", "in", "to", "of", "for", "into", "inside", "with", "by");
    private static final double TYPO = 0.9;
    private static final double LEAST = 0.3;

    /** Stems this short have many neighbours: one letter off is some other word as often as a slip ("plan", "plate"). */
    private static final int SHORT = 4;

    private static final double SHORT_TYPO = 0.6;
    private static final double PAIRS_ENOUGH = 0.66;

    private final List<Name> names = new ArrayList<>();
    private final Map<String, Map<String, Integer>> frequency = new HashMap<>();
    private final Map<String, Set<String>> nouns = new HashMap<>();
    private final Map<String, String> groups = new HashMap<>();
    private final Predicate<String> ordinary;

    private record Name(Entity entity, List<String> words) {}

    Linker(
            Collection<Entity> entities,
            Map<String, Phrasebook.Slot> vocabulary,
            List<List<String>> synonyms,
            Predicate<String> ordinary) {
        this.ordinary = ordinary;
        synonyms.forEach(group -> group.forEach(word -> groups.putIfAbsent(Stem.of(word), group.get(0))));
        for (Entity entity : entities) {
            Set<String> seen = new HashSet<>();
            for (String alias : entity.aliases()) {
                List<String> words = Tokens.plain(alias).stream()
                        .filter(word -> !FILLERS.contains(word))
                        .map(Stem::of)
                        .toList();
                if (!words.isEmpty()) {
                    names.add(new Name(entity, words));
                    seen.addAll(words);
                }
            }
            seen.forEach(word -> frequency
                    .computeIfAbsent(entity.slot(), slot -> new HashMap<>())
                    .merge(word, 1, Integer::sum));
        }
        vocabulary.forEach((slot, known) -> {
            Set<String> stems = new HashSet<>(Set.of(Stem.of(slot)));
            known.nouns().forEach(noun -> stems.add(Stem.of(noun)));
            nouns.put(slot, stems);
        });
    }

    List<Mention> find(List<Token> tokens) {
        List<String> stems = tokens.stream().map(token -> Stem.of(token.word())).toList();
        List<Mention> all = new ArrayList<>();
        for (int from = 0; from < stems.size(); from++) {
            for (int to = from + 1; to <= Math.min(stems.size(), from + 6); to++) {
                all.addAll(at(tokens, stems, from, to));
            }
        }
        all.sort(Comparator.comparingDouble((Mention mention) -> weight(mention, stems))
                .reversed()
                .thenComparingInt(Mention::from)
                .thenComparing(Mention::slot));
        List<Mention> chosen = new ArrayList<>();
        for (Mention mention : all) {
            if (chosen.stream().noneMatch(mention::overlaps)) {
                chosen.add(mention);
            }
        }
        chosen.sort(Comparator.comparingInt(Mention::from));
        return chosen.stream().map(mention -> withNoun(mention, stems)).toList();
    }

    private List<Mention> at(List<Token> tokens, List<String> stems, int from, int to) {
        if (FILLERS.contains(stems.get(from)) || FILLERS.contains(stems.get(to - 1))) {
            return List.of();
        }
        Map<String, Double> best = new HashMap<>();
        Map<String, List<Entity>> candidates = new HashMap<>();
        for (Name name : names) {
            double score = Math.max(likeness(name, stems.subList(from, to)), keyed(name, tokens, stems, from, to));
            String slot = name.entity().slot();
            double sofar = best.getOrDefault(slot, LEAST);
            if (score > sofar + 0.05) {
                best.put(slot, score);
                candidates.put(slot, new ArrayList<>(List.of(name.entity())));
            } else if (score > sofar - 0.05 && candidates.containsKey(slot)) {
                List<Entity> tied = candidates.get(slot);
                if (tied != null && !tied.contains(name.entity())) {
                    tied.add(name.entity());
                }
            }
        }
        List<Mention> mentions = new ArrayList<>();
        candidates.forEach((slot, entities) -> {
            Mention mention = new Mention(slot, entities, from, to, best.getOrDefault(slot, 0.0));
            if (isSerious(mention, tokens, stems)) {
                mentions.add(mention);
            }
        });
        return mentions;
    }

    /** "restaurant 3" or "#3": a general noun and a key. */
    private double keyed(Name name, List<Token> tokens, List<String> stems, int from, int to) {
        boolean isKey = name.entity().live()
                && tokens.get(to - 1).word().equalsIgnoreCase(name.entity().value());
        if (!isKey || to - from > 3) {
            return 0;
        }
        boolean afterNoun = to - from >= 2 && isNoun(name.entity().slot(), stems.get(from));
        return afterNoun ? 1 : 0;
    }

    private double likeness(Name name, List<String> window) {
        double together = runTogether(name, window);
        double whole = 0;
        double matched = 0;
        boolean[] used = new boolean[window.size()];
        Map<String, Integer> counts = frequency.getOrDefault(name.entity().slot(), Map.of());
        for (String word : name.words()) {
            double weight = Math.log(1 + (double) names.size() / counts.getOrDefault(word, 1));
            whole += weight;
            double likeness = take(word, window, used);
            matched += weight * likeness;
        }
        for (int i = 0; i < used.length; i++) {
            if (!used[i] && !FILLERS.contains(window.get(i))) {
                return together;
            }
        }
        return Math.max(together, matched / whole);
    }

    private double take(String word, List<String> window, boolean[] used) {
        int best = -1;
        double likeness = 0;
        for (int i = 0; i < used.length; i++) {
            if (!used[i]) {
                double one = alike(window.get(i), word);
                if (one > likeness) {
                    likeness = one;
                    best = i;
                }
            }
        }
        if (best >= 0) {
            used[best] = true;
        }
        return likeness;
    }

    /** An ordinary word is no mistyped name: "good" is not a bad "goose". */
    private double alike(String seen, String word) {
        if (seen.equals(word)) {
            return 1;
        }
        String group = groups.get(word);
        boolean same = group != null && group.equals(groups.get(seen));
        if (same) {
            return TYPO;
        }
        boolean mistyped = !ordinary.test(seen) && Spelling.alike(seen, word);
        return !mistyped ? 0 : Math.min(seen.length(), word.length()) > SHORT ? TYPO : SHORT_TYPO;
    }

    private static double runTogether(Name name, List<String> window) {
        boolean cut = name.words().size() == 1 && window.size() == 2;
        boolean joined = name.words().size() > 1 && window.size() == 1;
        String wanted = String.join("", name.words());
        String seen = String.join("", window);
        if ((cut || joined) && wanted.length() > 5 && Spelling.alike(seen, wanted)) {
            return TYPO;
        }
        // Badly spelt names still share most of their letter pairs; short words share them by chance.
        boolean comparable = wanted.length() >= 7
                && seen.length() >= 6
                && window.size() <= name.words().size();
        double shared = comparable ? Spelling.sharedPairs(wanted, seen) : 0;
        return shared >= PAIRS_ENOUGH ? shared * TYPO : 0;
    }

    /** A part of a name counts only where it can hardly be an ordinary word: see the class's promise. */
    private boolean isSerious(Mention mention, List<Token> tokens, List<String> stems) {
        if (mention.score() >= 0.75) {
            return true;
        }
        boolean plain = true;
        for (int i = mention.from(); i < mention.to(); i++) {
            plain &= ordinary.test(tokens.get(i).word()) || FILLERS.contains(stems.get(i));
        }
        String before = mention.from() == 0 ? "" : stems.get(mention.from() - 1);
        boolean pointed = before.equals("the")
                || before.equals("that")
                || nounFollows(mention, stems)
                || PLACE_WORDS.contains(before);
        boolean pronoun = Set.of("i", "we", "you", "they").contains(before);
        return !pronoun && (!plain || pointed || !mention.isClear());
    }

    private boolean nounFollows(Mention mention, List<String> stems) {
        return mention.to() < stems.size() && isNoun(mention.slot(), stems.get(mention.to()));
    }

    private boolean isNoun(String slot, String stem) {
        return nouns.getOrDefault(slot, Set.of(Stem.of(slot))).contains(stem);
    }

    /** Full names beat parts, long beats short; among parts of equal right the words around decide. */
    private double weight(Mention mention, List<String> stems) {
        double weight = mention.score() * (1 + 0.25 * (mention.to() - mention.from()));
        boolean live = mention.candidates().get(0).live();
        String before = mention.from() == 0 ? "" : stems.get(mention.from() - 1);
        if (before.equals("the") && mention.from() > 1) {
            before = stems.get(mention.from() - 2);
        }
        if (mention.score() < 0.95) {
            boolean placed = PLACE_WORDS.contains(before);
            weight += live == placed ? 0.4 : 0;
            weight += nounFollows(mention, stems) ? 1 : 0;
        }
        return weight;
    }

    /** "the french place": the general noun belongs to the mention. */
    private Mention withNoun(Mention mention, List<String> stems) {
        int from = mention.from();
        int to = mention.to();
        if (to < stems.size() && isNoun(mention.slot(), stems.get(to))) {
            to++;
        }
        if (from > 0
                && isNoun(mention.slot(), stems.get(from - 1))
                && mention.candidates().get(0).live()) {
            from--;
        }
        return new Mention(mention.slot(), mention.candidates(), from, to, mention.score());
    }
}
