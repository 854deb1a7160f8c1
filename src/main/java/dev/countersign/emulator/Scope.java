package dev.countersign.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The one organization, project and environment that the API key opens. */
record Scope(String organization, String project, String environment) {
    static final String PROJECT_KEY = "default";
    static final String ENVIRONMENT_KEY = "emulator";

    private static final DateTimeFormatter ISO =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxxx").withZone(ZoneOffset.UTC);

    boolean names(String projectReference, String environmentReference) {
        return (projectReference.equals(project) || projectReference.equals(PROJECT_KEY))
                && (environmentReference.equals(environment) || environmentReference.equals(ENVIRONMENT_KEY));
    }

    ObjectNode stamp(ObjectNode node) {
        return node.put("organization_id", organization)
                .put("project_id", project)
                .put("environment_id", environment);
    }

    /** Permit's dates carry a zone; the offset is written out, never {@code Z}. */
    static String date(long millis) {
        return ISO.format(Instant.ofEpochMilli(millis));
    }
}
