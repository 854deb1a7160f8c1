package dev.countersign.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;

/** A refusal on its way to the client: one of Permit's two error forms, with its status. Rolls the transaction back. */
final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Reply reply;

    private ApiError(Reply reply) {
        super("HTTP " + reply.status(), null, false, false);
        this.reply = reply;
    }

    Reply reply() {
        return reply;
    }

    /** The error-details form, with a code of the contract's list. */
    static ApiError of(int status, String code, String message) {
        ObjectNode body = Json.object();
        body.put("id", Integer.toHexString((status + code + message).hashCode()));
        body.put("title", title(code));
        body.put("error_code", code);
        body.put("message", message);
        body.put("support_link", "https://permit-io.slack.com/ssb/redirect");
        body.putNull("additional_info");
        return new ApiError(Reply.json(status, body));
    }

    private static String title(String code) {
        return switch (code) {
            case "NOT_FOUND" -> "We could not find the requested object/s";
            case "DUPLICATE_ENTITY" -> "The object already exists";
            case "FORBIDDEN_ACCESS" -> "You may not do this";
            case "UNAUTHORIZED" -> "The request carries no valid credentials";
            case "CONCURRENT_OPERATION_DISALLOWED" -> "The object changed under this request";
            default -> "The request could not be processed";
        };
    }

    static ApiError notFound(String what, String reference) {
        return of(404, "NOT_FOUND", "could not find '" + what + "' with the given filters: " + reference);
    }

    static ApiError duplicate(String what, String reference) {
        return of(409, "DUPLICATE_ENTITY", "'" + what + "' already exists: " + reference);
    }

    static ApiError forbidden(String message) {
        return of(403, "FORBIDDEN_ACCESS", message);
    }

    static ApiError unauthorized(String message) {
        return of(401, "UNAUTHORIZED", message);
    }

    /** The validation form: no code, a list of places. */
    static ApiError invalid(String where, String field, String message, String type) {
        ObjectNode body = Json.object();
        ObjectNode detail = body.putArray("detail").addObject();
        detail.putArray("loc").add(where).add(field);
        detail.put("msg", message);
        detail.put("type", type);
        return new ApiError(Reply.json(422, body));
    }

    static ApiError missing(String field) {
        return invalid("body", field, "field required", "value_error.missing");
    }

    static ApiError plain(int status, String text) {
        return new ApiError(Reply.text(status, text));
    }

    static ApiError detail(int status, String text) {
        JsonNode body = Json.object().put("detail", text);
        return new ApiError(Reply.json(status, body));
    }
}
