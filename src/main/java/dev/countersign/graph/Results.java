package dev.countersign.graph;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Approval;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import java.util.Locale;
import java.util.Optional;

/** The results that the graph itself writes into a transcript: one JSON object each, so that no text can pass for one. */
final class Results {
    /** The synthetic call whose result tells the model of a decision. */
    static final String AWAIT_DECISION = "await_decision";

    private Results() {}

    static String error(String code, String words) {
        return Json.write(Json.object().put("error", code).put("message", words));
    }

    /** What a call that filed a request, or asked for one, is answered with at once. */
    static String pending(Approval approval, boolean again) {
        ObjectNode result = about(approval).put("status", "pending");
        result.put(
                "message",
                (again ? "This was asked for before" : "Filed") + " with request id " + approval.requestId()
                        + "; it waits for a reviewer. Nothing is done until it is decided; the decision arrives by itself.");
        return Json.write(result);
    }

    /** What the synthetic call tells of a decision. */
    static String decision(Approval approval, String status) {
        ObjectNode result = about(approval).put("status", status);
        result.put("comment", approval.comment());
        result.put("reviewer", approval.reviewer());
        if (status.equals("approved") && approval.wish().bound() == null) {
            result.put("message", "Carry on with what the user wanted, without being asked again.");
        }
        return Json.write(result);
    }

    private static ObjectNode about(Approval approval) {
        ObjectNode result = Json.object();
        result.put("request_id", approval.requestId());
        result.put("kind", approval.kind().name().toLowerCase(Locale.ROOT));
        result.put("resource_instance", approval.wish().resourceInstance());
        result.put("operation", approval.wish().operation());
        return result;
    }

    /** The id in a filing tool's result: of the object that carries the request, or of the result itself. */
    static Optional<String> requestId(String text) {
        try {
            JsonNode result = Json.read(text);
            for (String part : new String[] {"access_request", "operation_approval"}) {
                if (result.path(part).path("id").isTextual()) {
                    return Optional.of(result.path(part).path("id").asText());
                }
            }
            return result.path("id").isTextual() ? Optional.of(result.path("id").asText()) : Optional.empty();
        } catch (CountersignException e) {
            return Optional.empty();
        }
    }
}
