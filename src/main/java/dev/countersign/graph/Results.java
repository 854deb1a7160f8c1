package dev.countersign.graph;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.approval.Approval;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.countersign.tool.EffectRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The results that the graph itself writes into a transcript: one JSON object each, so that no text can pass for one. */
public final class Results {
    /** The synthetic call whose result tells the model of a decision. */
    static final String AWAIT_DECISION = "await_decision";

    /** The synthetic call whose result tells the model what a person found out about an unknown effect. */
    static final String AWAIT_OUTCOME = "await_outcome";

    /** Of a call that was approved and is not made after all: its approval was used, or taken back, elsewhere. */
    static final String NOT_USABLE = "approval_not_usable";

    private static final int REQUEST_ID_CHARS_MAX = 64;

    private Results() {}

    static String error(String code, String words) {
        return Json.write(Json.object().put("error", code).put("message", words));
    }

    /** Whether a result tells that a call was not made although it was approved. */
    public static boolean isNotUsable(String result) {
        try {
            return Json.read(result).path("error").asText().equals(NOT_USABLE);
        } catch (CountersignException e) {
            // A tool's own words: not ours, then.
            return false;
        }
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

    /** What the synthetic call tells of an effect that was unknown. */
    static String outcome(EffectRecord effect, String status, String message, String outcome) {
        ObjectNode result = Json.object()
                .put("effect_id", effect.id())
                .put("call_id", effect.callId())
                .put("tool", effect.tool())
                .put("status", status)
                .put("message", message);
        return Json.write(outcome.isEmpty() ? result : result.put("outcome", outcome));
    }

    /** Whether a call was written by the graph itself, to tell the model something. */
    public static boolean isSynthetic(String tool) {
        return tool.equals(AWAIT_DECISION) || tool.equals(AWAIT_OUTCOME);
    }

    private static ObjectNode about(Approval approval) {
        ObjectNode result = Json.object();
        result.put("request_id", approval.requestId());
        result.put("kind", approval.kind().name().toLowerCase(Locale.ROOT));
        result.put("resource_instance", approval.wish().resourceInstance());
        result.put("operation", approval.wish().operation());
        return result;
    }

    /** The reference that a filing tool's result says its request carries; empty when it says nothing of one. */
    static Optional<String> reference(String text) {
        try {
            return Json.read(text).findValues("reference").stream()
                    .filter(JsonNode::isTextual)
                    .map(JsonNode::asText)
                    .findFirst();
        } catch (CountersignException e) {
            return Optional.empty();
        }
    }

    /** The id of the request that a tool may have decided, by its result: empty where it names none, or one that waits still. */
    static Optional<String> decidedRequest(String text) {
        return requestId(text)
                .filter(id -> Json.read(text).findValues("status").stream()
                        .map(JsonNode::asText)
                        .noneMatch("pending"::equals));
    }

    /**
     * The id in a filing tool's result: of the object that carries the request, of the result itself, or of the only object in
     * it that has one. Empty when there is none, or none that can be a request's.
     */
    static Optional<String> requestId(String text) {
        try {
            JsonNode result = Json.read(text);
            List<JsonNode> places = new ArrayList<>();
            places.add(result.path("access_request").path("id"));
            places.add(result.path("operation_approval").path("id"));
            places.add(result.path("id"));
            places.add(result.path("request_id"));
            List<JsonNode> inner = result.findValues("id");
            if (inner.size() == 1) {
                places.add(inner.get(0));
            }
            return places.stream()
                    .filter(JsonNode::isTextual)
                    .map(JsonNode::asText)
                    .filter(id -> !id.isBlank() && id.length() <= REQUEST_ID_CHARS_MAX)
                    .findFirst();
        } catch (CountersignException e) {
            return Optional.empty();
        }
    }
}
