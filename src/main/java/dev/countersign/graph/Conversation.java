package dev.countersign.graph;

import dev.countersign.thread.Message;
import dev.countersign.thread.Transcript;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import java.util.ArrayList;
import java.util.List;

/** The stretch of a transcript that the model is shown, in the model's own terms. */
final class Conversation {
    /** A job is shown whole up to here: what it forgets it has done, it would do again. */
    private static final int JOB_MESSAGES_MAX = 2_000;

    private Conversation() {}

    /**
     * The system prompt and the last messages, beginning with a user's message where there is one in the window, and never
     * with a result whose call was cut off.
     */
    static List<ChatMessage> of(String prompt, Transcript transcript, int window) {
        List<ChatMessage> messages = new ArrayList<>();
        messages.add(SystemMessage.from(prompt));
        for (Message message : whole(transcript.last(window))) {
            messages.add(convert(message));
        }
        return messages;
    }

    /**
     * A job, whose length its own limits bound, with everything it has done; its goal, the first message, stays in sight
     * however long it gets.
     */
    static List<ChatMessage> ofJob(String prompt, Transcript transcript) {
        List<ChatMessage> messages = of(prompt, transcript, JOB_MESSAGES_MAX);
        if (transcript.size() > JOB_MESSAGES_MAX) {
            messages.add(1, convert(transcript.slice(0, 1).get(0)));
        }
        return messages;
    }

    private static List<Message> whole(List<Message> last) {
        for (int i = 0; i < last.size(); i++) {
            if (last.get(i).role() == Message.Role.USER) {
                return last.subList(i, last.size());
            }
        }
        for (int i = 0; i < last.size(); i++) {
            if (last.get(i).role() == Message.Role.ASSISTANT) {
                return last.subList(i, last.size());
            }
        }
        return List.of();
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
