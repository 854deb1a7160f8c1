package dev.countersign.graph;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A model that does what a test says, from the last message it is shown; every request is kept. */
final class ScriptedModel implements ChatModel {
    final List<ChatRequest> requests = new ArrayList<>();
    private final Function<ChatMessage, AiMessage> script;

    ScriptedModel(Function<ChatMessage, AiMessage> script) {
        this.script = script;
    }

    /**
     * A model that understands messages such as {@code call do_thing {"name":"x"} + list_things {}} and otherwise repeats what it
     * was told, so that a test can steer it and see what reached it.
     */
    static ScriptedModel obedient() {
        return new ScriptedModel(last -> {
            if (last instanceof UserMessage user && user.singleText().startsWith("call ")) {
                return calls(user.singleText().substring(5).split(" \\+ "));
            }
            if (last instanceof ToolExecutionResultMessage result) {
                return AiMessage.from(result.toolName() + " said " + result.text());
            }
            return AiMessage.from("you said " + ((UserMessage) last).singleText());
        });
    }

    /** What it says to that, which nobody counts as asked. */
    AiMessage answer(ChatMessage last) {
        return script.apply(last);
    }

    static AiMessage calls(String... calls) {
        List<ToolExecutionRequest> requests = new ArrayList<>();
        for (String call : calls) {
            int space = call.indexOf(' ');
            requests.add(ToolExecutionRequest.builder()
                    .id("same-id-every-time")
                    .name(space < 0 ? call : call.substring(0, space))
                    .arguments(space < 0 ? "{}" : call.substring(space + 1))
                    .build());
        }
        return AiMessage.from(requests);
    }

    @Override
    public synchronized ChatResponse doChat(ChatRequest request) {
        requests.add(request);
        List<ChatMessage> messages = request.messages();
        return ChatResponse.builder()
                .aiMessage(script.apply(messages.get(messages.size() - 1)))
                .build();
    }
}
