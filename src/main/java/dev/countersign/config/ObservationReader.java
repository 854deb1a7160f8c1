package dev.countersign.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Reads the settings of logs and traces. */
final class ObservationReader {
    private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private static final String HEADERS = "OTEL_EXPORTER_OTLP_HEADERS";

    private ObservationReader() {}

    static ObservationConfig read(Map<String, String> all) {
        return new ObservationConfig(
                ConfigReader.choice(
                        "COUNTERSIGN_LOG_FORMAT",
                        ConfigReader.text(all, "COUNTERSIGN_LOG_FORMAT", "plain"),
                        ObservationConfig.LogFormat.class),
                new ObservationConfig.Traces(
                        ConfigReader.optional(all, ENDPOINT).map(value -> ConfigReader.url(all, ENDPOINT, value)),
                        headers(ConfigReader.text(all, HEADERS, "")),
                        ConfigReader.text(all, "OTEL_SERVICE_NAME", "countersign"),
                        ConfigReader.text(all, "OTEL_SDK_DISABLED", "false").equalsIgnoreCase("true")));
    }

    /** {@code name=value,name=value}, the values percent-encoded, as OpenTelemetry has it. */
    private static Map<String, Secret> headers(String given) {
        Map<String, Secret> headers = new HashMap<>();
        for (String one : given.isEmpty() ? new String[0] : given.split(",", -1)) {
            int equals = one.indexOf('=');
            String name = equals < 0 ? "" : one.substring(0, equals).strip();
            if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
                throw malformed();
            }
            headers.put(name, new Secret(decoded(one.substring(equals + 1).strip())));
        }
        return headers;
    }

    private static String decoded(String raw) {
        try {
            String value = URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
            if (value.chars().allMatch(c -> c >= ' ' && c < 0x7F)) {
                return value;
            }
        } catch (IllegalArgumentException e) {
            throw malformed();
        }
        throw malformed();
    }

    private static RuntimeException malformed() {
        return ConfigReader.bad(HEADERS, "NAME=VALUE with commas between them, values percent-encoded", "another form");
    }
}
