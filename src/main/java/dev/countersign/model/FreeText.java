package dev.countersign.model;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Finds words for a slot that no vocabulary lists, by their place: what stands where the example phrases have the slot. Takes
 * only a stretch that holds a word nobody taught us; ordinary words in that place are no name.
 */
final class FreeText {
    private static final int WORDS_MAX = 4;
    private static final String EDGE = "|";
    private static final Set<String> ARTICLES = Set.of("a", "an", "the", "some", "one", "my", "please");

    private final Function<String, List<String>> phrases;
    private final Router router;
    private final Map<String, Set<String>> frames = new ConcurrentHashMap<>();

    FreeText(Function<String, List<String>> phrases, Router router) {
        this.phrases = phrases;
        this.router = router;
    }

    Optional<String> find(String tool, String slot, Utterance utterance) {
        Set<String> known = frames.computeIfAbsent(tool + " " + slot, key -> frames(tool, slot));
        List<Token> tokens = utterance.tokens();
        for (int from = 0; from < tokens.size(); from++) {
            for (int to = from + 1; to <= Math.min(tokens.size(), from + WORDS_MAX); to++) {
                String frame = word(utterance, from - 1) + " " + word(utterance, to);
                if (known.contains(frame) && isName(utterance, from, to)) {
                    return Optional.of(utterance
                            .text()
                            .substring(
                                    tokens.get(from).start(), tokens.get(to - 1).end()));
                }
            }
        }
        return Optional.empty();
    }

    private boolean isName(Utterance utterance, int from, int to) {
        boolean unknown = false;
        for (int i = from; i < to; i++) {
            String word = word(utterance, i);
            if ((word.startsWith("{") && !word.equals("{id}")) || word.equals("?")) {
                return false;
            }
            unknown |= word.equals("{id}") || !router.knows(word);
        }
        return unknown && !ARTICLES.contains(word(utterance, from));
    }

    private String word(Utterance utterance, int index) {
        if (index < 0 || index >= utterance.tokens().size()) {
            return EDGE;
        }
        Token token = utterance.tokens().get(index);
        boolean reason = utterance
                .reason()
                .filter(found -> token.start() >= found.start() && token.start() < found.end())
                .isPresent();
        if (reason) {
            return "{reason}";
        }
        if (utterance.ids().stream().anyMatch(id -> id.start() <= token.start() && token.start() < id.end())) {
            return "{id}";
        }
        return utterance.mentions().stream()
                .filter(mention -> mention.from() <= index && index < mention.to())
                .findFirst()
                .map(mention -> "{" + mention.slot() + "}")
                .orElse(ARTICLES.contains(token.word()) ? token.word() : router.correct(token.word()));
    }

    private Set<String> frames(String tool, String slot) {
        Set<String> found = new HashSet<>();
        for (String phrase : phrases.apply(tool)) {
            for (String variant : Template.expand(phrase)) {
                List<String> words = Tokens.plain(variant);
                for (int i = 0; i < words.size(); i++) {
                    if (words.get(i).equals("{" + slot + "}")) {
                        String left = i == 0 ? EDGE : words.get(i - 1);
                        String right = i + 1 == words.size() ? EDGE : words.get(i + 1);
                        found.add(left + " " + right);
                        if (!left.equals(EDGE)) {
                            ARTICLES.forEach(article -> found.add(article + " " + right));
                        }
                    }
                }
            }
        }
        return found;
    }
}
