package dev.countersign.emulator;

import com.fasterxml.jackson.databind.JsonNode;

/** What goes back: a status, a content type and the bytes of a body, which may be empty. */
record Reply(int status, String contentType, String body) {
    static final String JSON = "application/json";

    static Reply ok(JsonNode body) {
        return json(200, body);
    }

    static Reply json(int status, JsonNode body) {
        return new Reply(status, JSON, body.toString());
    }

    static Reply text(int status, String body) {
        return new Reply(status, "text/plain; charset=utf-8", body);
    }

    static Reply none() {
        return new Reply(204, "", "");
    }
}
