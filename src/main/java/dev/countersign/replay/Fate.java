package dev.countersign.replay;

import dev.countersign.tool.Verdict;

/** What becomes of a call at the gate, and at Permit behind it. */
public enum Fate {
    /** It is made. */
    RUNS("run", "goes through"),
    /** It is itself a request to Permit. */
    FILES("file", "files a request"),
    /** It waits for an approval first. */
    ASKS("ask", "needs approval"),
    /** It is answered with a refusal. */
    REFUSED("refuse", "refused"),
    /** None of the roles that its user holds may do what it does, so its tool refuses it. */
    DENIED("deny", "refused by Permit"),
    /** There is no such tool. */
    UNKNOWN("unknown", "not known");

    private static final String NO_SUCH_TOOL = "unknown_tool";

    private final String word;
    private final String words;

    Fate(String word, String words) {
        this.word = word;
        this.words = words;
    }

    /** For programs. */
    public String word() {
        return word;
    }

    /** For people. */
    public String words() {
        return words;
    }

    static Fate of(Verdict verdict) {
        if (verdict instanceof Verdict.Refuse refusal) {
            return refusal.code().equals(NO_SUCH_TOOL) ? UNKNOWN : REFUSED;
        }
        for (Fate fate : values()) {
            if (fate.word.equals(verdict.word())) {
                return fate;
            }
        }
        throw new IllegalStateException("a verdict of a new kind: " + verdict.word());
    }
}
