package dev.countersign.model;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Tells words that want something done, or answered, from words that only tell something. */
final class Commands {
    /** Stands before what is wanted and wants nothing by itself. */
    private static final Set<String> LEAD_IN = Set.of(
            "please",
            "then",
            "now",
            "ok",
            "okay",
            "well",
            "first",
            "just",
            "kindly",
            "hey",
            "can",
            "could",
            "would",
            "will",
            "you",
            "i",
            "want",
            "need",
            "like",
            "to",
            "let",
            "us",
            "me",
            "instead",
            "actually");

    private static final Set<String> QUESTIONS = Set.of(
            "what", "which", "who", "whose", "where", "when", "why", "how", "is", "are", "do", "does", "did", "am",
            "has", "have");

    /** Common orders that no tool's name need hold. */
    private static final Set<String> ORDERS = Set.of(
            "tell",
            "show",
            "give",
            "list",
            "sing",
            "write",
            "play",
            "send",
            "call",
            "set",
            "start",
            "turn",
            "translate",
            "book",
            "explain",
            "ignore",
            "disregard",
            "pretend",
            "act",
            "make",
            "delete",
            "remind",
            "repeat",
            "say",
            "spell",
            "read",
            "print",
            "reveal",
            "get",
            "open");

    private Commands() {}

    /** Whether the first word that carries weight asks a question, gives an order, or is one of the tool's own words. */
    static boolean opensAsOne(String text, Predicate<String> ofTool) {
        List<String> words = Tokens.plain(text);
        int first = 0;
        while (first < words.size() && LEAD_IN.contains(words.get(first))) {
            first++;
        }
        if (first == words.size()) {
            return false;
        }
        String word = words.get(first);
        return (first == 0 && QUESTIONS.contains(word)) || ORDERS.contains(word) || ofTool.test(word);
    }
}
