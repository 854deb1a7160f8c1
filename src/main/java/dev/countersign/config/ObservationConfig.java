package dev.countersign.config;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * How a serving process shows what it does.
 *
 * @param logFormat of what it writes to standard error; default plain
 */
public record ObservationConfig(LogFormat logFormat, Traces traces) {
    /** The forms of a log. */
    public enum LogFormat {
        /** One short line for people, warnings and errors only. */
        PLAIN,
        /** One JSON object a line, for programs. */
        JSON
    }

    /**
     * Where spans go, under the names that OpenTelemetry gives the settings.
     *
     * @param endpoint of a collector, without {@code /v1/traces}; empty: nothing is traced
     * @param headers sent with each request; the values may be secrets
     * @param serviceName default {@code countersign}
     * @param disabled whether nothing is traced whatever else is set
     */
    public record Traces(Optional<URI> endpoint, Map<String, Secret> headers, String serviceName, boolean disabled) {
        public Traces {
            headers = Map.copyOf(headers);
        }
    }
}
