package dev.countersign.permit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import io.permit.sdk.openapi.models.ResourceInstanceRead;
import io.permit.sdk.openapi.models.UserRead;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Permit's JSON forms turned into this room's records; a form that is not as documented is no answer. */
final class Wire {
    private Wire() {}

    /** A list, which Permit sends as an envelope with counts or as a bare array. */
    static <T> Page<T> page(JsonNode json, int page, int perPage, String what, Function<JsonNode, T> read) {
        JsonNode items = json.isArray() ? json : json.path("data");
        if (!items.isArray()) {
            throw Failures.unreadable(what, 200, false, "a list");
        }
        List<T> data = new ArrayList<>();
        for (JsonNode item : items) {
            data.add(read.apply(item));
        }
        boolean full = items.size() >= perPage;
        int seen = (page - 1) * perPage + items.size();
        return new Page<>(
                data,
                json.path("total_count").asInt(seen),
                json.path("page_count").asInt(full ? page + 1 : page));
    }

    static ResourceInstance instance(JsonNode json) {
        return new ResourceInstance(
                required(json, "id", "look up a resource instance"),
                required(json, "key", "look up a resource instance"),
                json.path("resource").asText(""),
                text(json, "tenant"),
                attributes(json.path("attributes")));
    }

    static ResourceInstance instance(ResourceInstanceRead read) {
        if (read.id == null || read.key == null) {
            throw Failures.unreadable("look up a resource instance", 200, false, "an id and a key");
        }
        return new ResourceInstance(
                read.id,
                read.key,
                read.resource == null ? "" : read.resource,
                read.tenant,
                attributes(Json.mapper().valueToTree(read.attributes)));
    }

    private static JsonNode attributes(@Nullable JsonNode json) {
        return json != null && json.isObject() ? json : Json.object();
    }

    static PermitUser user(JsonNode json) {
        return new PermitUser(
                required(json, "id", "look up a user"),
                required(json, "key", "look up a user"),
                text(json, "first_name"),
                text(json, "last_name"),
                text(json, "email"));
    }

    static PermitUser user(UserRead read) {
        if (read.id == null || read.key == null) {
            throw Failures.unreadable("look up a user", 200, false, "an id and a key");
        }
        return new PermitUser(read.id, read.key, read.firstName, read.lastName, read.email);
    }

    static @Nullable String text(JsonNode json, String name) {
        JsonNode value = json.path(name);
        return value.isValueNode() && !value.isNull() && !value.asText().isBlank() ? value.asText() : null;
    }

    static String required(JsonNode json, String name, String what) {
        String value = text(json, name);
        if (value == null) {
            throw Failures.unreadable(what, 200, false, "a field " + name);
        }
        return value;
    }

    /** A moment with a zone, or without one, which Permit's own clients read as UTC; null when there is none. */
    static @Nullable Instant time(JsonNode json, String name, String what) {
        String value = text(json, name);
        if (value == null) {
            return null;
        }
        try {
            boolean zoned = value.matches(".*(Z|[+-]\\d{2}:?\\d{2})$");
            return zoned
                    ? OffsetDateTime.parse(value).toInstant()
                    : LocalDateTime.parse(value.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException notATime) {
            throw Failures.unreadable(what, 200, false, "an ISO time in " + name);
        }
    }
}
