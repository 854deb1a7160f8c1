package dev.countersign.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request as a handler sees it: decoded path parts, query, body, transaction, and for Elements routes who acts. */
final class Call {
    private final Map<String, String> path;
    private final Map<String, List<String>> query;
    private final @Nullable JsonNode body;
    private final Tx tx;
    private final Optional<ElementsTokens.Bearer> bearer;

    Call(Incoming incoming, Map<String, String> path, Tx tx, Optional<ElementsTokens.Bearer> bearer) {
        this.path = path;
        this.query = incoming.query();
        this.body = incoming.json();
        this.tx = tx;
        this.bearer = bearer;
    }

    Tx tx() {
        return tx;
    }

    String path(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalStateException("the route has no part " + name);
        }
        return value;
    }

    /** The first value of a query parameter, or empty. */
    String query(String name) {
        List<String> values = queries(name);
        return values.isEmpty() ? "" : values.get(0);
    }

    List<String> queries(String name) {
        return query.getOrDefault(name, List.of());
    }

    boolean flag(String name) {
        return query(name).equalsIgnoreCase("true") || query(name).equals("1");
    }

    /** Who an Elements token speaks for; only on routes that demand one. */
    ElementsTokens.Bearer bearer() {
        return bearer.orElseThrow(() -> ApiError.unauthorized("this route takes an Elements token"));
    }

    /** The body as an object; a request without one counts as {@code {}}. */
    Fields body() {
        if (body == null || body.isNull()) {
            return new Fields(Json.object());
        }
        if (!(body instanceof ObjectNode object)) {
            throw ApiError.invalid("body", "__root__", "value is not a valid dict", "type_error.dict");
        }
        return new Fields(object);
    }

    List<JsonNode> bodyArray() {
        if (body == null || !body.isArray()) {
            throw ApiError.invalid("body", "__root__", "value is not a valid list", "type_error.list");
        }
        List<JsonNode> items = new ArrayList<>();
        body.forEach(items::add);
        return items;
    }
}
