package dev.countersign.model;

import java.util.List;

/**
 * A place in a text that names something.
 *
 * @param candidates what it may mean; more than one when the words fit several
 * @param from index of the first word
 * @param to index after the last word
 * @param score how sure, 1 for a full name
 */
record Mention(String slot, List<Entity> candidates, int from, int to, double score) {
    Mention {
        candidates = List.copyOf(candidates);
    }

    boolean isClear() {
        return candidates.size() == 1;
    }

    boolean overlaps(Mention other) {
        return from < other.to && other.from < to;
    }
}
