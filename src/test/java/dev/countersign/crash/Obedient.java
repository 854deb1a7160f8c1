package dev.countersign.crash;

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
import java.util.concurrent.atomic.AtomicLong;

/**
 * A model that makes the calls a user dictates, {@code call do_thing {"name":"x"} + list_things}, and repeats all else. It never
 * puts a thing in the same words twice: each {@code @} becomes something else, as with a real one that is asked again.
 */
final class Obedient implements ChatModel {
    private static final AtomicLong WORDS = new AtomicLong(System.nanoTime());

    @Override
    public ChatResponse doChat(ChatRequest request) {
        List<ChatMessage> messages = request.messages();
        return ChatResponse.builder()
                .aiMessage(answer(messages.get(messages.size() - 1)))
                .build();
    }

    private static AiMessage answer(ChatMessage last) {
        if (last instanceof UserMessage user && user.singleText().startsWith("call ")) {
            List<ToolExecutionRequest> calls = new ArrayList<>();
            for (String call : user.singleText().substring(5).split(" \\+ ", -1)) {
                int space = call.indexOf(' ');
                calls.add(ToolExecutionRequest.builder()
                        .id("same-id-every-time")
                        .name(space < 0 ? call : call.substring(0, space))
                        .arguments(space < 0 ? "{}" : call.substring(space + 1).replace("@", word()))
                        .build());
            }
            return AiMessage.from(calls);
        }
        if (last instanceof ToolExecutionResultMessage result) {
            return AiMessage.from(result.toolName() + " said " + result.text());
        }
        return AiMessage.from("you said " + ((UserMessage) last).singleText());
    }

    private static String word() {
        return Long.toHexString(WORDS.incrementAndGet());
    }
}
