package dev.countersign.model;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts text into normalised words that remember where they stood. */
final class Tokens {
    private static final Pattern WORD =
            Pattern.compile("\\{[a-z_]+\\}|[\\p{L}\\p{M}\\p{N}]+(?:['’`´][\\p{L}\\p{M}]+)*|\\?");
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Map<String, String> SPOKEN = Map.ofEntries(
            Map.entry("im", "i am"),
            Map.entry("ive", "i have"),
            Map.entry("id", "id"),
            Map.entry("dont", "do not"),
            Map.entry("doesnt", "does not"),
            Map.entry("didnt", "did not"),
            Map.entry("cant", "can not"),
            Map.entry("cannot", "can not"),
            Map.entry("couldnt", "could not"),
            Map.entry("wont", "will not"),
            Map.entry("isnt", "is not"),
            Map.entry("whats", "what is"),
            Map.entry("wats", "what is"),
            Map.entry("thats", "that is"),
            Map.entry("theres", "there is"),
            Map.entry("wheres", "where is"),
            Map.entry("hows", "how is"),
            Map.entry("lets", "let us"),
            Map.entry("pls", "please"),
            Map.entry("plz", "please"),
            Map.entry("pleas", "please"),
            Map.entry("thx", "thanks"),
            Map.entry("u", "you"),
            Map.entry("ur", "your"),
            Map.entry("r", "are"),
            Map.entry("wanna", "want to"),
            Map.entry("gonna", "going to"),
            Map.entry("gotta", "have to"),
            Map.entry("gimme", "give me"),
            Map.entry("lemme", "let me"),
            Map.entry("cuz", "because"),
            Map.entry("coz", "because"),
            Map.entry("cos", "because"),
            Map.entry("bc", "because"),
            Map.entry("bcz", "because"),
            Map.entry("bcoz", "because"),
            Map.entry("becoz", "because"),
            Map.entry("ill", "i will"),
            Map.entry("youre", "you are"),
            Map.entry("wouldnt", "would not"),
            Map.entry("shouldnt", "should not"),
            Map.entry("mustnt", "must not"),
            Map.entry("neednt", "need not"),
            Map.entry("havent", "have not"),
            Map.entry("hasnt", "has not"),
            Map.entry("hadnt", "had not"),
            Map.entry("wasnt", "was not"),
            Map.entry("werent", "were not"),
            Map.entry("arent", "are not"),
            Map.entry("aint", "is not"),
            Map.entry("wat", "what"),
            Map.entry("wot", "what"),
            Map.entry("wud", "would"),
            Map.entry("cud", "could"),
            Map.entry("shud", "should"),
            Map.entry("hav", "have"),
            Map.entry("nvm", "never mind"),
            Map.entry("idk", "i do not know"),
            Map.entry("dunno", "do not know"),
            Map.entry("rn", "now"),
            Map.entry("asap", "now"),
            Map.entry("ya", "you"),
            Map.entry("n", "and"),
            Map.entry("gud", "good"),
            Map.entry("da", "the"));

    private static final Set<String> LIKINGS = Set.of("like", "love", "prefer", "rather", "want", "fancy", "enjoy");

    private Tokens() {}

    static List<Token> of(String text) {
        List<Token> tokens = new ArrayList<>();
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            for (String word : words(matcher.group())) {
                tokens.add(new Token(word, matcher.start(), matcher.end()));
            }
        }
        return withoutApostrophe(tokens);
    }

    /** "id like" is "I'd like"; any other "id" is an id. */
    private static List<Token> withoutApostrophe(List<Token> tokens) {
        for (int i = 0; i + 1 < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.word().equals("id") && LIKINGS.contains(tokens.get(i + 1).word())) {
                tokens.set(i, new Token("i", token.start(), token.end()));
                tokens.add(i + 1, new Token("would", token.start(), token.end()));
            }
        }
        return tokens;
    }

    /** The normalised words alone. */
    static List<String> plain(String text) {
        return of(text).stream().map(Token::word).toList();
    }

    private static List<String> words(String raw) {
        if (raw.startsWith("{") || raw.equals("?")) {
            return List.of(raw);
        }
        String word = MARKS.matcher(Normalizer.normalize(raw, Normalizer.Form.NFD))
                .replaceAll("")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[’`´]", "'")
                .replaceAll("(\\p{L})\\1{2,}", "$1");
        int quote = word.indexOf('\'');
        if (quote > 0) {
            return contraction(word.substring(0, quote), word.substring(quote + 1));
        }
        return List.of(SPOKEN.getOrDefault(word, word).split(" "));
    }

    private static List<String> contraction(String head, String tail) {
        return switch (tail) {
            case "m" -> List.of(head, "am");
            case "re" -> List.of(head, "are");
            case "ve" -> List.of(head, "have");
            case "ll" -> List.of(head, "will");
            case "d" -> List.of(head, "would");
            case "t" -> List.of(SPOKEN.getOrDefault(head + "t", head).split(" "));
            case "s" -> isPointing(head) ? List.of(head, head.equals("let") ? "us" : "is") : List.of(head);
            default -> List.of(head + tail);
        };
    }

    private static boolean isPointing(String head) {
        return List.of("what", "that", "it", "who", "where", "here", "there", "how", "he", "she", "let", "when", "why")
                .contains(head);
    }
}
