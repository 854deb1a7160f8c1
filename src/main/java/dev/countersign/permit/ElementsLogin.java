package dev.countersign.permit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;

/**
 * Fetches the bearer token with which a user acts on Elements routes: one per call, never kept, never shared between users.
 * The SDK's own login drops it. A failed login is an HTTP 200 with {@code error} set; no request is ever sent without a
 * token.
 */
final class ElementsLogin {
    private final Rest rest;
    private final Place place;

    ElementsLogin(Rest rest, Place place) {
        this.rest = rest;
        this.place = place;
    }

    String token(String user, Deadline deadline) {
        RestCall call = RestCall.post("log user " + user + " in to Permit Elements", place.api())
                .at("v2", "auth", "elements_login_as")
                .body(Json.object().put("user_id", user).put("tenant_id", place.tenant()))
                .onlyAsks()
                .end();
        JsonNode json = rest.json(call, deadline);
        String error = Wire.text(json, "error");
        if (error != null) {
            throw Failures.refused(
                    "could not " + call.what() + ": Permit said '" + error
                            + "'. The user must exist and belong to tenant " + place.tenant()
                            + "; countersign permit-setup sees to it.",
                    200);
        }
        String token = Wire.text(json, "element_bearer_token");
        if (token == null || !token.matches("[\\x21-\\x7e]+")) {
            throw Failures.unreadable(call.what(), 200, false, "an element_bearer_token");
        }
        return token;
    }
}
