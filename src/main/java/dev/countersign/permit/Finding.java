package dev.countersign.permit;

/**
 * One thing that {@link PermitDoctor} looked at.
 *
 * @param what was looked at, in a word or two
 * @param seen what is so
 * @param advice what to do; empty when nothing is to be done
 */
public record Finding(Level level, String what, String seen, String advice) {
    /** How bad it is. */
    public enum Level {
        OK,
        WARN,
        FAIL
    }
}
