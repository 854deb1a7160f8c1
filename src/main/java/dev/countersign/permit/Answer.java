package dev.countersign.permit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import java.util.OptionalLong;

/**
 * What Permit answered.
 *
 * @param body the whole text, possibly empty, possibly not JSON
 * @param retryAfterSeconds of a 429 or 503, when it was a whole number
 */
record Answer(int status, String body, OptionalLong retryAfterSeconds) {
    boolean ok() {
        return status >= 200 && status < 300;
    }

    /** The body as JSON; a missing node when it is not JSON. */
    JsonNode jsonOrMissing() {
        try {
            return Json.read(body);
        } catch (CountersignException notJson) {
            return Json.object().path("missing");
        }
    }

    /** Permit's {@code error_code}, or an empty text. */
    String errorCode() {
        return jsonOrMissing().path("error_code").asText("");
    }
}
