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
import java.util.Optional;

/** The stretch of a transcript that the model is shown, in the model's own terms. */
final class Conversation {
    /** A job is shown whole up to here: what it forgets it has done, it would do again. */
    private static final int JOB_MESSAGES_MAX = 2_000;

    /** More than the calls that fit in one message. */
    private static final int LOOKED_BACK = 256;

    private Conversation() {}

    /**
     * The system prompt and the last messages, beginning with a user's message, and never with a result whose call was
     * cut off. When none is in the window, the one that began the turn comes before it. That one, and the newest calls with
     * their results, are shown even if they alone are beyond the bound.
     *
     * @param tokens how many the shown messages have at most, about; 0 is without a bound
     */
    static List<ChatMessage> of(String prompt, Transcript transcript, int window, int tokens) {
        List<ChatMessage> messages = new ArrayList<>();
        messages.add(SystemMessage.from(prompt));
        int fitting = tokens == 0 ? window : fitting(transcript.last(window), tokens);
        for (Message message : shown(transcript, fitting)) {
            messages.add(convert(message));
        }
        return messages;
    }

    /** How many of the newest messages have no more tokens than that, together; at least one. */
    private static int fitting(List<Message> last, int tokens) {
        long sum = 0;
        for (int i = last.size() - 1; i >= 0; i--) {
            sum += Tokens.of(last.get(i));
            if (sum > tokens) {
                return Math.max(1, last.size() - 1 - i);
            }
        }
        return Math.max(1, last.size());
    }

    private static List<Message> shown(Transcript transcript, int window) {
        List<Message> last = transcript.last(window);
        int user = first(last, Message.Role.USER);
        if (user >= 0) {
            return last.subList(user, last.size());
        }
        // A turn longer than the window: what began it, and then its newest part.
        List<Message> shown = new ArrayList<>();
        beginning(transcript, window).ifPresent(shown::add);
        List<Message> rest = last.subList(Math.min(shown.size(), last.size()), last.size());
        int assistant = first(rest, Message.Role.ASSISTANT);
        shown.addAll(assistant < 0 ? newestCalls(transcript) : rest.subList(assistant, rest.size()));
        return shown;
    }

    private static int first(List<Message> messages, Message.Role role) {
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).role() == role) {
                return i;
            }
        }
        return -1;
    }

    /** When the window holds no message that makes calls: the message that made these calls, and all of its results. */
    private static List<Message> newestCalls(Transcript transcript) {
        List<Message> last = transcript.last(LOOKED_BACK);
        for (int i = last.size() - 1; i >= 0; i--) {
            if (last.get(i).role() == Message.Role.ASSISTANT) {
                return last.subList(i, last.size());
            }
        }
        return List.of();
    }

    /** The newest user's message before the window, as far as a bounded look goes back; else the transcript's first. */
    private static Optional<Message> beginning(Transcript transcript, int window) {
        int end = Math.max(0, transcript.size() - window);
        List<Message> before = transcript.slice(Math.max(0, end - LOOKED_BACK), end);
        for (int i = before.size() - 1; i >= 0; i--) {
            if (before.get(i).role() == Message.Role.USER) {
                return Optional.of(before.get(i));
            }
        }
        return transcript.slice(0, Math.min(1, end)).stream()
                .filter(message -> message.role() == Message.Role.USER)
                .findFirst();
    }

    /**
     * A job, whose length its own limits bound, with everything it has done, as far as that fits; its goal, the first message,
     * stays in sight however long it gets.
     */
    static List<ChatMessage> ofJob(String prompt, Transcript transcript, int tokens) {
        List<ChatMessage> messages = of(prompt, transcript, JOB_MESSAGES_MAX, tokens);
        if (transcript.size() > messages.size() - 1) {
            ChatMessage goal = convert(transcript.slice(0, 1).get(0));
            if (messages.size() < 2 || !messages.get(1).equals(goal)) {
                messages.add(1, goal);
            }
        }
        return messages;
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
