package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.countersign.graph.AgentRuntime;
import java.util.List;

/**
 * A transcript in the form the guide's client keeps: a list of contents with role and parts (text, function_call,
 * function_response). Clients send it back with their next message, which may have 64 KiB in all; so a history is the newest
 * entries that leave room for one. Nobody here reads what comes back.
 */
final class GuideHistory {
    /** How many of the last entries a history holds. */
    static final int ENTRIES_MAX = 200;

    /** Of a history, as a client may write it that escapes every letter beyond ASCII and spaces every comma. */
    static final int CHARS_MAX = 32 * 1024;

    private GuideHistory() {}

    static ArrayNode of(List<AgentRuntime.Entry> entries) {
        ArrayNode contents = Json.array();
        for (AgentRuntime.Entry entry : entries) {
            switch (entry.role()) {
                case "user" -> text(contents, "user", entry.text());
                case "assistant" -> assistant(contents, entry);
                case "tool" -> response(contents, entry);
                default -> {
                    // The system's words are no part of the conversation.
                }
            }
        }
        return newest(contents);
    }

    private static ArrayNode newest(ArrayNode contents) {
        int first = contents.size();
        int room = CHARS_MAX;
        while (first > 0 && (room -= size(contents.get(first - 1).toString())) >= 0) {
            first--;
        }
        ArrayNode kept = Json.array();
        for (int i = first; i < contents.size(); i++) {
            kept.add(contents.get(i));
        }
        return kept;
    }

    private static int size(String json) {
        int size = 1;
        for (int i = 0; i < json.length(); i++) {
            char letter = json.charAt(i);
            size += letter > '~' ? 6 : letter == ',' || letter == ':' ? 2 : 1;
        }
        return size;
    }

    private static ArrayNode parts(ArrayNode contents, String role) {
        return contents.addObject().put("role", role).putArray("parts");
    }

    private static void text(ArrayNode contents, String role, String text) {
        parts(contents, role).addObject().put("text", text);
    }

    private static void assistant(ArrayNode contents, AgentRuntime.Entry entry) {
        ArrayNode parts = parts(contents, "model");
        if (!entry.text().isEmpty() || entry.calls().isEmpty()) {
            parts.addObject().put("text", entry.text());
        }
        for (AgentRuntime.Call call : entry.calls()) {
            ObjectNode made = parts.addObject().putObject("function_call");
            made.put("id", call.id()).put("name", call.tool()).set("args", arguments(call.arguments()));
        }
    }

    private static void response(ArrayNode contents, AgentRuntime.Entry entry) {
        ObjectNode response = parts(contents, "user").addObject().putObject("function_response");
        response.put("name", entry.tool() == null ? "" : entry.tool());
        response.putObject("response")
                .putObject("result")
                .putArray("content")
                .addObject()
                .put("text", entry.text());
    }

    /** Arguments are the model's own text; when it is not JSON, it is shown as the text it is. */
    private static JsonNode arguments(String text) {
        try {
            return Json.read(text);
        } catch (CountersignException e) {
            return Json.mapper().getNodeFactory().textNode(text);
        }
    }
}
