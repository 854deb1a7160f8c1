package dev.countersign.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request off the wire.
 *
 * @param rawPath as sent; it is cut at slashes before it is decoded, so that an encoded slash stays inside its segment
 * @param authorization the header, empty when absent
 * @param cookie the {@code permit_session} cookie, empty when absent
 */
record Incoming(String method, String rawPath, String rawQuery, String text, String authorization, String cookie) {
    private static final Set<String> SECRETS = Set.of(
            "bearer_token",
            "token",
            "secret",
            "webhooksecret",
            "password",
            "api_key",
            "apikey",
            "element_bearer_token");

    List<String> segments() {
        List<String> segments = new ArrayList<>();
        for (String part : rawPath.substring(1).split("/", -1)) {
            segments.add(decode(part.replace("+", "%2B")));
        }
        return segments;
    }

    Map<String, List<String>> query() {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        for (String pair : rawQuery.isEmpty() ? new String[0] : rawQuery.split("&")) {
            int cut = pair.indexOf('=');
            String name = decode(cut < 0 ? pair : pair.substring(0, cut));
            String value = cut < 0 ? "" : decode(pair.substring(cut + 1));
            parameters.computeIfAbsent(name, unused -> new ArrayList<>()).add(value);
        }
        return parameters;
    }

    private static String decode(String part) {
        try {
            return URLDecoder.decode(part, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return part;
        }
    }

    /** The bearer token, empty when there is none; the scheme's case does not matter. */
    String bearer() {
        String lower = authorization.toLowerCase(Locale.ROOT);
        return lower.startsWith("bearer ") ? authorization.substring(7).trim() : "";
    }

    @Nullable
    JsonNode json() {
        if (text.isBlank()) {
            return null;
        }
        try {
            return Json.read(text);
        } catch (CountersignException e) {
            throw ApiError.invalid("body", "__root__", "JSON decode error", "value_error.jsondecode");
        }
    }

    /** The body for the request log. What cannot be parsed cannot be cleaned, so it is only counted. */
    String bodyWithoutSecrets() {
        if (text.isBlank()) {
            return "";
        }
        try {
            JsonNode body = Json.read(text);
            redact(body);
            return body.toString();
        } catch (CountersignException e) {
            return "(" + text.length() + " characters that are not JSON)";
        }
    }

    private static void redact(JsonNode node) {
        if (node instanceof ObjectNode object) {
            for (String name :
                    object.properties().stream().map(Map.Entry::getKey).toList()) {
                if (SECRETS.contains(name.toLowerCase(Locale.ROOT))) {
                    object.put(name, "***");
                }
            }
        }
        node.forEach(Incoming::redact);
    }
}
