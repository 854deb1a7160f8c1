package dev.countersign.permit;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns Permit's JSON of a request into {@link PermitRequest}, with keys where Permit sends ids. */
final class RequestReader {
    private static final String WHAT = "read a request";

    private final Instances instances;
    private final Schema schema;

    RequestReader(Instances instances, Schema schema) {
        this.instances = instances;
        this.schema = schema;
    }

    /** @throws PermitException when a required field is missing, or status or type are unknown: never a guess */
    PermitRequest read(RequestKind kind, JsonNode json, Deadline deadline) {
        String id = Wire.required(json, "id", WHAT);
        String type = Wire.text(json, "type");
        if (!Keys.isUuid(id) || (type != null && !type.equals(wireName(kind)))) {
            throw Failures.unreadable(WHAT, 200, false, "a " + wireName(kind) + " with a UUID");
        }
        Instant created = Wire.time(json, "created_at", WHAT);
        if (created == null) {
            throw Failures.unreadable(WHAT, 200, false, "a field created_at");
        }
        ReasonText reason = ReasonText.of(json.path("reason").asText(""));
        String role = Wire.text(details(json), "role");
        return new PermitRequest(
                id,
                kind,
                status(json),
                Wire.required(json, "requesting_user_id", WHAT),
                Wire.text(json, "requesting_user_first_name"),
                instance(json, deadline),
                role == null ? null : schema.roleKey(role, deadline),
                reason.operation(),
                reason.reference(),
                reason.reason(),
                Wire.text(json, "reviewer_user_id"),
                Wire.text(json, "reviewer_comment"),
                created,
                Wire.time(json, "reviewed_at", WHAT));
    }

    String roleKey(String keyOrId, Deadline deadline) {
        return schema.roleKey(keyOrId, deadline);
    }

    /** Permit's own key of the instance when a list carries it, else what the details name, resolved. */
    private @Nullable String instance(JsonNode json, Deadline deadline) {
        String key = Wire.text(json, "resource_instance_key");
        String named = instanceSent(json);
        return key != null ? key : named == null ? null : instances.keyOfSent(named, deadline);
    }

    static @Nullable String instanceSent(JsonNode json) {
        return Wire.text(details(json), "resource_instance");
    }

    /** False only when the request is plainly of another resource type. */
    boolean isOurs(JsonNode json, Deadline deadline) {
        String key = Wire.text(json, "resource_key");
        String resource = key != null ? key : Wire.text(details(json), "resource");
        return resource == null || schema.isOurResource(resource, deadline);
    }

    private static JsonNode details(JsonNode json) {
        JsonNode access = json.path("access_request_details");
        return access.isObject() ? access : json.path("operation_approval_details");
    }

    private static RequestStatus status(JsonNode json) {
        String sent = json.path("status").asText("");
        for (RequestStatus status : RequestStatus.values()) {
            if (wireName(status).equals(sent)) {
                return status;
            }
        }
        throw Failures.unreadable(WHAT, 200, false, "a status pending, approved, denied or canceled");
    }

    static String wireName(RequestStatus status) {
        return status.name().toLowerCase(Locale.ROOT);
    }

    private static String wireName(RequestKind kind) {
        return kind == RequestKind.ACCESS ? "access_request" : "operation_approval";
    }
}
