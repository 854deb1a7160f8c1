package dev.countersign.permit;

/**
 * One thing that {@link PermitSetup} looked at.
 *
 * @param what in words: {@code role parent on restaurants}
 * @param detail what was or would be changed, or what differs and was left alone; empty for nothing to say
 */
public record SetupChange(Kind kind, String what, String detail) {
    /** What became of it; in a dry run, what would. */
    public enum Kind {
        CREATED,
        UPDATED,
        UNCHANGED
    }

    @Override
    public String toString() {
        String line = kind.name().toLowerCase(java.util.Locale.ROOT) + " " + what;
        return detail.isEmpty() ? line : line + " (" + detail + ")";
    }
}
