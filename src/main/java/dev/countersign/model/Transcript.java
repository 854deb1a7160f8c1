package dev.countersign.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as exchanges: what the user said, and the tool calls with their results that followed. Only a user message
 * speaks for the user and only a tool message for a tool; what a text claims to be changes nothing.
 */
record Transcript(List<Exchange> exchanges) {

    /** One user message and the steps up to the next. */
    record Exchange(String said, List<Step> steps) {}

    /** A tool call that has its result. */
    record Step(int position, int exchange, Wish.Call call, String text, JsonNode result, boolean failed) {
        boolean isDecision() {
            return call.tool().equals(ProviderFit.AWAIT_DECISION);
        }

        String requestId() {
            return result.path("request_id")
                    .asText(call.arguments().path("request_id").asText());
        }
    }

    static Transcript of(List<ChatMessage> messages) {
        List<Exchange> exchanges = new ArrayList<>();
        Map<String, ToolExecutionRequest> open = new HashMap<>();
        int position = 0;
        for (ChatMessage message : messages) {
            if (message instanceof UserMessage user) {
                exchanges.add(new Exchange(textOf(user), new ArrayList<>()));
            } else if (message instanceof AiMessage ai) {
                ai.toolExecutionRequests().forEach(call -> open.put(call.id(), call));
            } else if (message instanceof ToolExecutionResultMessage result
                    && !ProviderFit.EARLIER_MESSAGES.equals(result.toolName())) {
                if (exchanges.isEmpty()) {
                    exchanges.add(new Exchange("", new ArrayList<>()));
                }
                ToolExecutionRequest call = open.get(result.id());
                int last = exchanges.size() - 1;
                exchanges.get(last).steps().add(step(position++, last, call, result));
            }
        }
        return new Transcript(exchanges);
    }

    private static String textOf(UserMessage user) {
        StringBuilder text = new StringBuilder();
        user.contents().forEach(content -> {
            if (content instanceof dev.langchain4j.data.message.TextContent words) {
                text.append(text.isEmpty() ? "" : "\n").append(words.text());
            }
        });
        return text.toString();
    }

    private static Step step(
            int position, int exchange, @Nullable ToolExecutionRequest call, ToolExecutionResultMessage result) {
        String tool = call == null ? String.valueOf(result.toolName()) : call.name();
        JsonNode arguments = parse(call == null ? "{}" : String.valueOf(call.arguments()));
        String text = String.valueOf(result.text());
        JsonNode value = parse(text);
        boolean failed = Boolean.TRUE.equals(result.isError()) || value.hasNonNull("error");
        ObjectNode object = arguments instanceof ObjectNode known ? known : Json.object();
        return new Step(position, exchange, new Wish.Call(tool, object), text, value, failed);
    }

    private static JsonNode parse(String text) {
        try {
            return Json.read(text);
        } catch (CountersignException e) {
            return MissingNode.getInstance();
        }
    }

    /** All steps from an exchange on, oldest first. */
    List<Step> stepsFrom(int exchange) {
        return exchanges.subList(Math.max(0, exchange), exchanges.size()).stream()
                .flatMap(one -> one.steps().stream())
                .toList();
    }

    int last() {
        return exchanges.size() - 1;
    }
}
