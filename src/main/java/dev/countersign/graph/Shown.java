package dev.countersign.graph;

import dev.countersign.core.ByIdentity;
import dev.countersign.thread.Message;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * A message of a transcript in the model's own terms. It is made once and kept for as long as the message is in memory: a window is
 * shown again and again, and moves on by a few messages each time. Safe for use by many threads.
 *
 * @param tokens about how many it is to a model
 */
record Shown(ChatMessage message, int tokens) {
    private static final ByIdentity<Message, Shown> KNOWN = new ByIdentity<>(Shown::made);

    static Shown of(Message message) {
        return KNOWN.of(message);
    }

    private static Shown made(Message message) {
        return new Shown(convert(message), Tokens.of(message));
    }

    private static ChatMessage convert(Message message) {
        return switch (message.role()) {
            case USER -> UserMessage.from(message.text());
            case ASSISTANT -> assistant(message);
            case TOOL ->
                ToolExecutionResultMessage.builder()
                        .id(message.callId())
                        .toolName(message.tool())
                        .text(message.text().isEmpty() ? "(empty)" : message.text())
                        .isError(message.error())
                        .build();
        };
    }

    private static AiMessage assistant(Message message) {
        List<ToolExecutionRequest> calls = new ArrayList<>();
        for (Message.ToolCall call : message.calls()) {
            calls.add(ToolExecutionRequest.builder()
                    .id(call.id())
                    .name(call.tool())
                    .arguments(call.arguments())
                    .build());
        }
        if (calls.isEmpty()) {
            return AiMessage.from(message.text());
        }
        return message.text().isEmpty() ? AiMessage.from(calls) : AiMessage.from(message.text(), calls);
    }
}
