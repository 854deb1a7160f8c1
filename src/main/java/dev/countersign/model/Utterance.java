package dev.countersign.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with what was recognised in it. {@link #masked} is what the router sees: names, ids, the reason and longer quotations
 * give way to their slots, so that nothing written inside of them can steer.
 */
record Utterance(
        String text,
        List<Token> tokens,
        List<Mention> mentions,
        List<Ids.Found> ids,
        Optional<Reasons.Found> reason,
        List<String> masked) {
    private static final Pattern QUOTE =
            Pattern.compile("[\"“”«»„]([^\"“”«»„]{12,})[\"“”«»„]|(?<!\\p{L})'([^']{12,})'(?!\\p{L})");
    private static final int QUOTED_NAME_MAX_WORDS = 3;
    private static final int TEXT_MAX_CHARS = 4_000;

    static Utterance read(String original, Linker linker) {
        String text = original.length() > TEXT_MAX_CHARS ? original.substring(0, TEXT_MAX_CHARS) : original;
        List<Token> tokens = Tokens.of(text);
        Optional<Reasons.Found> reason = Reasons.in(text);
        List<int[]> quotes = quotes(text);
        List<Ids.Found> ids = Ids.in(text).stream()
                .filter(id -> !inside(id.start(), quotes) && !inReason(id.start(), reason))
                .toList();
        List<Mention> mentions = linker.find(tokens).stream()
                .filter(mention -> !inReason(tokens.get(mention.from()).start(), reason))
                .filter(mention -> !inside(tokens.get(mention.from()).start(), quotes))
                .toList();
        ids = ids.stream()
                .filter(id -> !named(id, mentions, tokens) && !counts(id, mentions, tokens))
                .toList();
        return new Utterance(text, tokens, mentions, ids, reason, mask(tokens, mentions, ids, reason, quotes));
    }

    private static boolean named(Ids.Found id, List<Mention> mentions, List<Token> tokens) {
        return mentions.stream()
                .anyMatch(mention -> tokens.get(mention.from()).start() < id.end()
                        && id.start() < tokens.get(mention.to() - 1).end());
    }

    /** "2 colas": a number right before a name counts it. */
    private static boolean counts(Ids.Found id, List<Mention> mentions, List<Token> tokens) {
        return id.id().length() <= 2
                && id.id().chars().allMatch(Character::isDigit)
                && mentions.stream()
                        .anyMatch(mention -> mention.from() > 0
                                && tokens.get(mention.from() - 1).start() == id.start());
    }

    private static boolean inReason(int position, Optional<Reasons.Found> reason) {
        return reason.isPresent()
                && position >= reason.get().start()
                && position < reason.get().end();
    }

    private static boolean inside(int position, List<int[]> spans) {
        return spans.stream().anyMatch(span -> span[0] <= position && position < span[1]);
    }

    /** Whether the text quotes more than a name: what others said is not to be taken apart and acted on. */
    static boolean quotesOthers(String text) {
        return !quotes(text).isEmpty();
    }

    private static List<int[]> quotes(String text) {
        List<int[]> spans = new ArrayList<>();
        Matcher matcher = QUOTE.matcher(text);
        while (matcher.find()) {
            String inner = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
            if (Tokens.plain(inner).size() > QUOTED_NAME_MAX_WORDS) {
                spans.add(new int[] {matcher.start(), matcher.end()});
            }
        }
        return spans;
    }

    private static List<String> mask(
            List<Token> tokens,
            List<Mention> mentions,
            List<Ids.Found> ids,
            Optional<Reasons.Found> reason,
            List<int[]> quotes) {
        List<String> masked = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            int start = tokens.get(i).start();
            int index = i;
            String word = tokens.get(i).word();
            if (inReason(start, reason)) {
                word = "{reason}";
            } else if (inside(start, quotes)) {
                word = "{quote}";
            } else if (ids.stream().anyMatch(id -> id.start() <= start && start < id.end())) {
                word = "{id}";
            } else {
                word = mentions.stream()
                        .filter(mention -> mention.from() <= index && index < mention.to())
                        .findFirst()
                        .map(mention -> "{" + mention.slot() + "}")
                        .orElse(word);
            }
            boolean repeats = word.startsWith("{")
                    && !masked.isEmpty()
                    && masked.get(masked.size() - 1).equals(word);
            if (!repeats) {
                masked.add(word);
            }
        }
        return masked;
    }

    /** Where in the text the last recognised thing ends, names of that score or better; 0 when there is none. */
    int lastFound(double score) {
        int end = 0;
        for (Mention mention : mentions) {
            if (mention.score() >= score) {
                end = Math.max(end, tokens.get(mention.to() - 1).end());
            }
        }
        for (Ids.Found id : ids) {
            end = Math.max(end, id.end());
        }
        return end;
    }

    /** Whether something of the slot is named, clearly or not. */
    boolean mentions(String slot) {
        return mentions.stream().anyMatch(mention -> mention.slot().equals(slot));
    }
}
