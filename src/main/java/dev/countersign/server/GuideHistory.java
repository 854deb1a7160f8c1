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
 * function_response). Clients send it back; nobody here reads it.
 */
final class GuideHistory {
    /** How many of the last entries a history holds. */
    static final int ENTRIES_MAX = 200;

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
        return contents;
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
