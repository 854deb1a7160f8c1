package dev.countersign.db;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** What a statement does, by how it begins. */
enum Sentence {
    /** Changes nothing. */
    READ,
    /** Holds rows, which is written down like a change; who waits for them may be the writer. */
    HOLD,
    /** Changes rows, and the same rows in the same way whenever it is done to the same store. */
    CHANGE,
    /** Brings what was committed to disk. */
    FORCE,
    /** Changes tables, or anything else. */
    MORE;

    private static final Set<String> READS = Set.of("SELECT", "WITH", "VALUES", "EXPLAIN", "SHOW");
    private static final Set<String> CHANGES = Set.of("INSERT", "UPDATE", "DELETE", "MERGE");
    private static final Pattern HOLDS = Pattern.compile("\\sFOR\\s+UPDATE\\b");
    private static final String SYNC = "CHECKPOINT SYNC";
    /** The program's statements are constants, and a few hundred with all lengths of their lists. */
    private static final int KNOWN_MAX = 2_000;

    private static final Map<String, Sentence> KNOWN = new ConcurrentHashMap<>();

    static Sentence of(String sql) {
        Sentence known = KNOWN.get(sql);
        if (known != null) {
            return known;
        }
        Sentence found = read(sql);
        if (KNOWN.size() < KNOWN_MAX) {
            KNOWN.put(sql, found);
        }
        return found;
    }

    private static Sentence read(String sql) {
        String words = sql.strip().toUpperCase(Locale.ROOT);
        int end = 0;
        while (end < words.length() && Character.isLetter(words.charAt(end))) {
            end++;
        }
        String first = words.substring(0, end);
        if (READS.contains(first)) {
            return HOLDS.matcher(words).find() ? HOLD : READ;
        }
        if (words.equals(SYNC)) {
            return FORCE;
        }
        return CHANGES.contains(first) ? CHANGE : MORE;
    }
}
