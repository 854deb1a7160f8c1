package dev.countersign.model;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A conversation with a model whose tools are a function from call to result; keeps the whole transcript, as a graph would. */
final class Talk {
    private static final int CALLS_MAX = 60;

    private final ChatModel model;
    private final List<ToolSpecification> tools;
    private final Function<ToolExecutionRequest, String> host;
    private final List<ChatMessage> transcript = new ArrayList<>(List.of(SystemMessage.from("You serve people.")));
    private final List<String> calls = new ArrayList<>();

    Talk(ChatModel model, List<ToolSpecification> tools, Function<ToolExecutionRequest, String> host) {
        this.model = model;
        this.tools = tools;
        this.host = host;
    }

    /** Says something and returns the words that end the turn. */
    String say(String text) {
        transcript.add(UserMessage.from(text));
        return run();
    }

    /** Reports a decision the way the graph does, and returns the words that end the turn. */
    String decide(String requestId, String status, String comment) {
        ToolExecutionRequest await = ToolExecutionRequest.builder()
                .id("await-" + transcript.size())
                .name("await_decision")
                .arguments("{\"request_id\":\"" + requestId + "\"}")
                .build();
        transcript.add(AiMessage.from(await));
        transcript.add(ToolExecutionResultMessage.from(
                await,
                "{\"status\":\"" + status + "\",\"request_id\":\"" + requestId + "\",\"kind\":\"access\",\"comment\":\""
                        + comment + "\",\"reviewer\":\"joe\"}"));
        return run();
    }

    private String run() {
        for (int i = 0; i < CALLS_MAX; i++) {
            AiMessage answer = model.chat(ChatRequest.builder()
                            .messages(transcript)
                            .toolSpecifications(tools)
                            .build())
                    .aiMessage();
            transcript.add(answer);
            if (!answer.hasToolExecutionRequests()) {
                return answer.text();
            }
            for (ToolExecutionRequest call : answer.toolExecutionRequests()) {
                calls.add(call.name() + " " + call.arguments());
                transcript.add(ToolExecutionResultMessage.from(call, host.apply(call)));
            }
        }
        throw new IllegalStateException("more than " + CALLS_MAX + " calls: " + calls);
    }

    /** Every call so far, as name and arguments. */
    List<String> calls() {
        return List.copyOf(calls);
    }

    List<ChatMessage> transcript() {
        return List.copyOf(transcript);
    }
}
