package dev.countersign.log;

/** What a check of the chain found. */
public sealed interface LogVerdict {
    /** The newest row that is in order. */
    LogHead head();

    /** Whether no row is changed, missing or moved, as far as can be told. */
    boolean intact();

    /** Every row is in order. */
    record Intact(LogHead head) implements LogVerdict {
        @Override
        public boolean intact() {
            return true;
        }
    }

    /**
     * A row is not.
     *
     * @param seq the first one that is wrong, or missing
     * @param problem in plain words
     */
    record Broken(LogHead head, long seq, String problem, String expected, String got) implements LogVerdict {
        @Override
        public boolean intact() {
            return false;
        }
    }
}
