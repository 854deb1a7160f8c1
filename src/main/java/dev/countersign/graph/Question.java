package dev.countersign.graph;

import dev.countersign.core.Digest;
import dev.countersign.model.SummaryQuestion;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model is asked, as a digest: of the prompt, the messages shown and the names of the tools offered, in their order. Of a
 * question for a summary the prompt is this program's own and is left out, so that it may be put in better words without making
 * old recordings other conversations.
 */
public final class Question {
    /** Half of a SHA-256: enough to tell questions apart, and stored with each step of the model. */
    private static final int CHARS = 32;

    private Question() {}

    public static String digest(ChatRequest request) {
        List<String> parts = new ArrayList<>();
        List<ChatMessage> messages = request.messages();
        for (ChatMessage message : isForSummary(request) ? messages.subList(1, messages.size()) : messages) {
            parts.add(message.type().name());
            add(message, parts);
        }
        for (ToolSpecification tool : request.toolSpecifications()) {
            parts.add(tool.name());
        }
        return Digest.of(parts.toArray(String[]::new)).substring(0, CHARS);
    }

    /** Whether a model is asked for a summary, and not for what to do next. */
    public static boolean isForSummary(ChatRequest request) {
        return SummaryQuestion.is(request);
    }

    private static void add(ChatMessage message, List<String> parts) {
        if (message instanceof SystemMessage system) {
            parts.add(system.text());
        } else if (message instanceof UserMessage user) {
            parts.add(user.singleText());
        } else if (message instanceof ToolExecutionResultMessage result) {
            parts.add(result.id());
            parts.add(result.text());
        } else if (message instanceof AiMessage answer) {
            parts.add(String.valueOf(answer.text()));
            for (ToolExecutionRequest call : answer.toolExecutionRequests()) {
                parts.add(call.id());
                parts.add(call.name());
                parts.add(call.arguments());
            }
        }
    }
}
