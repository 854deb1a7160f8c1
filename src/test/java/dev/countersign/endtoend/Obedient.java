package dev.countersign.endtoend;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A model in somebody else's hands: at the next message of a user it makes the calls it was told to, whatever they are. */
final class Obedient implements ChatModel {
    private volatile List<ToolExecutionRequest> orders = List.of();
    private final List<ChatRequest> requests = new CopyOnWriteArrayList<>();

    /** What it does next. */
    void next(List<ToolExecutionRequest> calls) {
        orders = List.copyOf(calls);
    }

    static ToolExecutionRequest call(String tool, String arguments) {
        return ToolExecutionRequest.builder()
                .id("always-the-same-id")
                .name(tool)
                .arguments(arguments)
                .build();
    }

    /** The names of the tools it was offered last. */
    List<String> offered() {
        List<ToolSpecification> tools = requests.get(requests.size() - 1).toolSpecifications();
        return tools == null
                ? List.of()
                : tools.stream().map(ToolSpecification::name).toList();
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        requests.add(request);
        List<ChatMessage> messages = request.messages();
        List<ToolExecutionRequest> calls = orders;
        boolean asked = messages.get(messages.size() - 1) instanceof UserMessage && !calls.isEmpty();
        return ChatResponse.builder()
                .aiMessage(asked ? AiMessage.from(calls) : AiMessage.from("done as I was told"))
                .build();
    }
}
