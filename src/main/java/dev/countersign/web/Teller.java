package dev.countersign.web;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.countersign.graph.AgentRuntime.Call;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.web.ChatItem.Note;
import dev.countersign.web.ChatItem.ToolUse;
import dev.countersign.web.ChatItem.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells a transcript, entry by entry, as a chat shows it: a result joins the call it answers, which is the oldest unanswered one of
 * its tool. Used by one thread at a time.
 */
final class Teller {
    /** Written by the graph, to tell the model of a decision. */
    private static final String AWAIT_DECISION = "await_decision";

    private final String agent;
    private final Map<String, ToolUse> unanswered = new LinkedHashMap<>();

    /** @param agent what the agent is called */
    Teller(String agent) {
        this.agent = agent;
    }

    List<ChatItem> tell(Entry entry) {
        return switch (entry.role()) {
            case "tool" -> List.of(result(entry));
            case "user", "assistant" -> said(entry);
            default -> List.of();
        };
    }

    private List<ChatItem> said(Entry entry) {
        List<ChatItem> items = new ArrayList<>();
        boolean user = entry.role().equals("user");
        if (!entry.text().isBlank()) {
            items.add(new Words("m-" + entry.position(), entry.at(), user ? "You" : agent, user, entry.text()));
        }
        int number = 0;
        for (Call call : entry.calls()) {
            String id = "m-" + entry.position() + "-" + number++;
            ToolUse use = new ToolUse(
                    id,
                    entry.at(),
                    call.tool(),
                    Shown.brief(call.arguments()),
                    Shown.pretty(call.arguments()),
                    null,
                    false);
            unanswered.put(id, use);
            if (!call.tool().equals(AWAIT_DECISION)) {
                items.add(use);
            }
        }
        return items;
    }

    private ChatItem result(Entry entry) {
        String tool = String.valueOf(entry.tool());
        ToolUse call = unanswered.values().stream()
                .filter(use -> use.tool().equals(tool))
                .findFirst()
                .orElseGet(() -> new ToolUse("m-" + entry.position(), entry.at(), tool, "", "", null, false));
        unanswered.remove(call.id());
        JsonNode result = read(entry.text());
        if (tool.equals(AWAIT_DECISION)) {
            return new Note("m-" + entry.position(), entry.at(), decision(result));
        }
        return call.answered(result.isMissingNode() ? entry.text() : Shown.pretty(result), result.has("error"));
    }

    private static JsonNode read(String text) {
        try {
            return Json.read(text);
        } catch (CountersignException e) {
            return Json.mapper().missingNode();
        }
    }

    private static String decision(JsonNode result) {
        String status = result.path("status").asText("decided");
        String operation = result.path("operation").asText("");
        return switch (status) {
            case "approved" -> "Approved" + of(operation) + ": the agent goes on by itself";
            case "denied" -> "Denied" + of(operation) + ": the agent was told";
            case "canceled" -> "Withdrawn" + of(operation);
            case "expired" -> "Expired" + of(operation) + ": nobody decided in time";
            default -> "Decided" + of(operation) + ": " + status;
        };
    }

    private static String of(String operation) {
        return operation.isEmpty() ? "" : " (" + operation + ")";
    }
}
