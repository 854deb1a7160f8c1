package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.countersign.core.Json;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The newest steps of a thread, the oldest of them first, gathered from pages that come the other way round.
 *
 * @param goesOn whether there are earlier ones
 */
record Timeline(ArrayNode steps, boolean goesOn) {
    private static final int PAGE = 100;

    static Timeline read(Api api, String path, int limit) {
        Deque<JsonNode> newestLast = new ArrayDeque<>();
        String next = "";
        do {
            int wanted = Math.min(PAGE, limit - newestLast.size());
            JsonNode page = api.get(path + "?limit=" + wanted + (next.isEmpty() ? "" : "&cursor=" + Api.encode(next)));
            page.path("steps").forEach(newestLast::addFirst);
            next = page.path("next").asText();
        } while (!next.isEmpty() && newestLast.size() < limit);
        ArrayNode steps = Json.array();
        steps.addAll(newestLast);
        return new Timeline(steps, !next.isEmpty());
    }
}
