package dev.countersign.graph;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Json;
import dev.countersign.model.SummaryQuestion;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An obedient model that sums up, too, as a test says; what it was asked is kept, of both kinds by itself. */
final class Scribe implements ChatModel {
    private static final ErrorCode TIRED = new ErrorCode("CS-654", ErrorCode.Kind.UNREACHABLE);

    final List<ChatRequest> asked = new CopyOnWriteArrayList<>();
    final List<ChatRequest> summaries = new CopyOnWriteArrayList<>();
    private final ChatModel answers;
    volatile boolean tired;
    volatile boolean breaks;
    volatile String adds = "";

    Scribe(ChatModel answers) {
        this.answers = answers;
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        if (SummaryQuestion.is(request)) {
            summaries.add(request);
            if (tired) {
                throw new CountersignException(TIRED, "no summary today");
            }
            String words = "walrus summary " + summaries.size() + adds;
            return ChatResponse.builder().aiMessage(AiMessage.from(words)).build();
        }
        if (breaks) {
            breaks = false;
            throw new IllegalStateException("broken off between the summary and the answer");
        }
        asked.add(request);
        return answers.chat(request);
    }

    /** The lines that it was given to sum up. */
    static List<String> lines(ChatRequest summary) {
        return ((UserMessage) summary.messages().get(1)).singleText().lines().toList();
    }

    /** Place of the summary's result among what was shown; -1 when there is none. */
    static int place(ChatRequest request) {
        for (int i = 0; i < request.messages().size(); i++) {
            if (request.messages().get(i) instanceof ToolExecutionResultMessage result
                    && result.toolName().equals(Summary.EARLIER_MESSAGES)) {
                return i;
            }
        }
        return -1;
    }

    /** How many messages the shown summary sums up; 0 when none is shown. */
    static int covered(ChatRequest request) {
        int place = place(request);
        return place < 0 ? 0 : Json.read(result(request)).path("messages").asInt();
    }

    static String result(ChatRequest request) {
        ChatMessage message = request.messages().get(place(request));
        return ((ToolExecutionResultMessage) message).text();
    }
}
