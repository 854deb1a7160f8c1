package dev.countersign.config;

/**
 * How a serving process shows what it does.
 *
 * @param logFormat of what it writes to standard error; default plain
 */
public record ObservationConfig(LogFormat logFormat) {
    /** The forms of a log. */
    public enum LogFormat {
        /** One short line for people, warnings and errors only. */
        PLAIN,
        /** One JSON object a line, for programs. */
        JSON
    }
}
