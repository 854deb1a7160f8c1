package dev.countersign.model;

import java.util.Locale;
import java.util.Set;

/** Which slot a parameter is filled from when no phrasebook says so: told by its name. */
final class SlotName {
    static final String REASON = "reason";
    static final String ID = "id";
    static final String COMMENT = "comment";
    private static final Set<String> REASONS = Set.of("reason", "justification", "why", "purpose", "rationale");

    private SlotName() {}

    static String ofParameter(String parameter) {
        String name = parameter.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
        if (REASONS.contains(name)) {
            return REASON;
        }
        if (name.contains("comment") || name.equals("note") || name.equals("message")) {
            return COMMENT;
        }
        return name.replaceAll("_(id|key|name)$", "");
    }

    /** Whether the parameter wants the id of something. */
    static boolean isId(String parameter) {
        return parameter.equals("id") || parameter.endsWith("_id") || parameter.endsWith("Id");
    }

    /** {@code volumes} and {@code volume} are the same thing. */
    static boolean sameNoun(String left, String right) {
        return Stem.of(left).equals(Stem.of(right));
    }
}
