package dev.countersign.model;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Expands a phrase's choices {@code (a|b)} and options {@code [a]} into plain phrases; slots stay as they are. */
final class Template {
    /** More than this many expansions of one phrase teach nothing new; an even sample of them is kept. */
    private static final int KEPT_MAX = 24;

    /** Kept at every step of the way, so that a phrase with many choices costs no more than one with a few. */
    private static final int WORKING_MAX = 1_000;

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
        Set<String> kept = new LinkedHashSet<>();
        for (String variant : sample(all, KEPT_MAX)) {
            kept.add(variant.replaceAll("\\s+", " ").strip());
        }
        return List.copyOf(kept);
    }

    /** Evenly scattered ones of a list, always the same ones: a stride near the golden section touches every choice. */
    private static List<String> sample(List<String> all, int max) {
        if (all.size() <= max) {
            return all;
        }
        List<String> some = new ArrayList<>(max);
        for (int i = 0; i < max; i++) {
            double turn = i * 0.618_033_988_75;
            some.add(all.get((int) ((turn - Math.floor(turn)) * all.size())));
        }
        return some;
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
        List<String> all = new ArrayList<>(left.size() * right.size());
        for (String head : left) {
            for (String tail : right) {
                all.add(head + tail);
            }
        }
        return sample(all, WORKING_MAX);
    }
}
