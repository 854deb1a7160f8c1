package dev.countersign.model;

import java.util.ArrayList;
import java.util.List;

/** Expands a phrase's choices {@code (a|b)} and options {@code [a]} into plain phrases; slots stay as they are. */
final class Template {
    /** More than this many expansions of one phrase teach nothing new; an even sample of them is kept. */
    private static final int KEPT_MAX = 60;

    private static final int EXPANSIONS_MAX = 200_000;

    private final String text;
    private int at;

    private Template(String text) {
        this.text = text;
    }

    static List<String> expand(String phrase) {
        Template template = new Template(phrase);
        List<String> all = template.choice();
        if (template.at < phrase.length()) {
            throw new IllegalArgumentException(
                    "'" + phrase.charAt(template.at) + "' without its partner in: " + phrase);
        }
        List<String> kept = new ArrayList<>();
        // An even stride with a half step in the middle touches every choice without favouring the first ones.
        int count = Math.min(KEPT_MAX, all.size());
        for (int i = 0; i < count; i++) {
            int index = (int) ((long) i * all.size() / count);
            String plain = all.get(index).replaceAll("\\s+", " ").strip();
            if (!kept.contains(plain)) {
                kept.add(plain);
            }
        }
        return kept;
    }

    private List<String> choice() {
        List<String> all = new ArrayList<>(sequence());
        while (at < text.length() && text.charAt(at) == '|') {
            at++;
            all.addAll(sequence());
        }
        return all;
    }

    private List<String> sequence() {
        List<String> all = List.of("");
        while (at < text.length() && "|)]".indexOf(text.charAt(at)) < 0) {
            all = product(all, part());
        }
        return all;
    }

    private List<String> part() {
        char open = text.charAt(at);
        if (open != '(' && open != '[') {
            int end = at;
            while (end < text.length() && "|)]([".indexOf(text.charAt(end)) < 0) {
                end++;
            }
            String literal = text.substring(at, end);
            at = end;
            return List.of(literal);
        }
        at++;
        List<String> inner = new ArrayList<>(choice());
        char close = open == '(' ? ')' : ']';
        if (at >= text.length() || text.charAt(at) != close) {
            throw new IllegalArgumentException("'" + open + "' without its partner in: " + text);
        }
        at++;
        if (open == '[') {
            inner.add("");
        }
        return inner;
    }

    private static List<String> product(List<String> left, List<String> right) {
        if ((long) left.size() * right.size() > EXPANSIONS_MAX) {
            throw new IllegalArgumentException("more than " + EXPANSIONS_MAX + " variants");
        }
        List<String> all = new ArrayList<>(left.size() * right.size());
        for (String head : left) {
            for (String tail : right) {
                all.add(head + tail);
            }
        }
        return all;
    }
}
