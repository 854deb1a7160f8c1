package dev.countersign.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes our transcripts fit what providers accept, and their answers fit what tools accept. A decision arrives in the
 * transcript as an assistant call that follows an assistant text; some providers refuse two assistant messages in a row, and
 * some refuse a call to a tool that was not declared.
 */
final class ProviderFit {
    /** The tool of the synthetic pair by which the graph reports a decision. */
    static final String AWAIT_DECISION = "await_decision";

    /** The tool of the pair that has the summary of what is no longer shown. */
    static final String EARLIER_MESSAGES = "earlier_messages";

    private static final List<ToolSpecification> SYNTHETIC = List.of(
            synthetic(AWAIT_DECISION, "a reviewer has decided", "request_id", "the request that was decided"),
            synthetic(
                    "await_outcome",
                    "a person has found out what became of a call",
                    "effect_id",
                    "the effect of that call"),
            synthetic(EARLIER_MESSAGES, "its beginning is too long to be shown", "messages", "how many those are"));

    private ProviderFit() {}

    static ChatRequest fit(ChatRequest request) {
        List<ChatMessage> messages = joinAssistantMessages(request.messages());
        List<ToolSpecification> tools = request.toolSpecifications();
        List<ToolSpecification> declared = new ArrayList<>(tools == null ? List.of() : tools);
        SYNTHETIC.stream().filter(one -> needsDeclaration(request, one.name())).forEach(declared::add);
        if (declared.size() == (tools == null ? 0 : tools.size())) {
            return request.toBuilder().messages(messages).build();
        }
        return request.toBuilder()
                .messages(messages)
                .toolSpecifications(declared)
                .build();
    }

    private static boolean needsDeclaration(ChatRequest request, String name) {
        List<ToolSpecification> tools = request.toolSpecifications();
        boolean declared = tools != null && tools.stream().anyMatch(tool -> name.equals(tool.name()));
        boolean used = request.messages().stream()
                .filter(AiMessage.class::isInstance)
                .flatMap(message -> ((AiMessage) message).toolExecutionRequests().stream())
                .anyMatch(call -> name.equals(call.name()));
        return used && !declared;
    }

    /** Whether calls of this name are written by the system and by nobody else. */
    static boolean isSynthetic(String tool) {
        return SYNTHETIC.stream().anyMatch(one -> one.name().equals(tool));
    }

    private static ToolSpecification synthetic(String name, String when, String argument, String meaning) {
        return ToolSpecification.builder()
                .name(name)
                .description("Written into the conversation by the system when " + when + ". Never call it.")
                .parameters(JsonObjectSchema.builder()
                        .addStringProperty(argument, meaning)
                        .required(argument)
                        .build())
                .build();
    }

    private static List<ChatMessage> joinAssistantMessages(List<ChatMessage> messages) {
        List<ChatMessage> joined = new ArrayList<>();
        for (ChatMessage message : messages) {
            ChatMessage last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (message instanceof AiMessage next
                    && last instanceof AiMessage before
                    && !before.hasToolExecutionRequests()) {
                joined.set(joined.size() - 1, join(before, next));
            } else {
                joined.add(message);
            }
        }
        return joined;
    }

    private static AiMessage join(AiMessage before, AiMessage next) {
        String text = Stream.of(before.text(), next.text())
                .filter(part -> part != null && !part.isBlank())
                .collect(Collectors.joining("\n\n"));
        return next.toBuilder().text(text.isEmpty() ? null : text).build();
    }

    /**
     * Strict schemas make every property required and the optional ones nullable, so models send {@code null} for what they
     * leave out; the tools' own schemas know no null. A call whose arguments are no JSON object stays as it is: the gate
     * refuses it with a better message than we could give here.
     */
    static AiMessage withoutNulls(AiMessage answer) {
        if (!answer.hasToolExecutionRequests()) {
            return answer;
        }
        List<ToolExecutionRequest> calls = answer.toolExecutionRequests().stream()
                .map(call -> call.toBuilder()
                        .arguments(withoutNulls(call.arguments()))
                        .build())
                .toList();
        return answer.toBuilder().toolExecutionRequests(calls).build();
    }

    private static String withoutNulls(@Nullable String arguments) {
        if (arguments == null || arguments.isBlank()) {
            return "{}";
        }
        try {
            JsonNode read = Json.read(arguments);
            if (read instanceof ObjectNode object) {
                object.properties().removeIf(entry -> entry.getValue().isNull());
                return Json.write(object);
            }
            return arguments;
        } catch (CountersignException e) {
            return arguments;
        }
    }
}
