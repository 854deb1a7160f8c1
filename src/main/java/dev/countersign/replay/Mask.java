package dev.countersign.replay;

import dev.countersign.core.Digest;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts other words of the same length in place of words, the same for the same, and different ones for different ones as far as
 * there are enough; case, digits, spaces and punctuation stay what they are. Which word became which is known to this object only,
 * and to nobody once it is gone. Used by one thread.
 */
final class Mask {
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+");

    /** A text in JSON, as it stands in the file; a broken one, too. */
    private static final Pattern JSON_TEXT = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*+)(\"|$)(\\s*:)?", Pattern.DOTALL);

    private static final Pattern ESCAPE = Pattern.compile("\\\\u[0-9a-fA-F]{4}|\\\\.", Pattern.DOTALL);

    /** They are no words of anybody's, and JSON needs them. */
    private static final Set<String> KEPT = Set.of("true", "false", "null");

    private static final int TRIES = 50;
    private static final int RADIX = 16;
    private static final int HEX_CHARS = 4;
    private static final int HEX_DIGITS = 64;

    private final String secret;
    private final Map<String, String> masked = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    Mask(SecureRandom random) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        this.secret = java.util.HexFormat.of().formatHex(bytes);
    }

    /** Any text. */
    String text(String text) {
        return WORD.matcher(text).replaceAll(found -> word(found.group()));
    }

    /** A text in which what matches stays as it is. */
    String textBut(String text, Pattern kept) {
        StringBuilder whole = new StringBuilder();
        int from = 0;
        for (Matcher found = kept.matcher(text); found.find(); from = found.end()) {
            whole.append(text(text.substring(from, found.start()))).append(found.group());
        }
        return whole.append(text(text.substring(from))).toString();
    }

    /**
     * JSON, or what was meant to be: texts are masked, numbers stay, and so do the names of fields that are known.
     *
     * @param names of fields that stay
     */
    String json(String json, Set<String> names) {
        StringBuilder whole = new StringBuilder();
        int from = 0;
        for (Matcher found = JSON_TEXT.matcher(json); found.find(); from = found.end()) {
            whole.append(outside(json.substring(from, found.start())));
            whole.append(inside(found.toMatchResult(), names));
        }
        return whole.append(outside(json.substring(from))).toString();
    }

    private String inside(MatchResult found, Set<String> names) {
        boolean isName = found.group(3) != null && names.contains(found.group(1));
        String plain = ESCAPE.matcher(found.group(1))
                .replaceAll(escape -> Matcher.quoteReplacement(escape.group().length() > 2 ? "x" : escape.group()));
        String text = isName ? found.group(1) : textBut(plain, ESCAPE);
        return '"' + text + found.group(2) + (found.group(3) == null ? "" : found.group(3));
    }

    /** Outside of texts JSON has numbers, three words, and nothing else with letters. */
    private String outside(String json) {
        return WORD.matcher(json)
                .replaceAll(found -> found.group().matches("\\d+([eE]\\d*)?") ? found.group() : word(found.group()));
    }

    private String word(String word) {
        if (KEPT.contains(word)) {
            return word;
        }
        String known = masked.get(word);
        if (known == null) {
            known = fresh(word);
            masked.put(word, known);
        }
        return known;
    }

    private String fresh(String word) {
        String candidate = like(word, 0);
        for (int attempt = 1; attempt < TRIES && (candidate.equals(word) || taken.contains(candidate)); attempt++) {
            candidate = like(word, attempt);
        }
        taken.add(candidate);
        return candidate;
    }

    private String like(String word, int attempt) {
        StringBuilder other = new StringBuilder();
        String noise = "";
        for (int i = 0; i < word.length(); i++) {
            int place = i * HEX_CHARS % HEX_DIGITS;
            if (place == 0) {
                noise = Digest.of(secret, word, attempt + " " + i);
            }
            int number = Integer.parseInt(noise.substring(place, place + HEX_CHARS), RADIX);
            other.append(like(word.charAt(i), number, i == 0));
        }
        return other.toString();
    }

    private static char like(char original, int number, boolean first) {
        if (Character.isDigit(original)) {
            // A number that began without a zero still does.
            return original == '0' && first ? '0' : (char) ((first ? '1' : '0') + number % (first ? 9 : 10));
        }
        return (char) ((Character.isUpperCase(original) ? 'A' : 'a') + number % 26);
    }
}
