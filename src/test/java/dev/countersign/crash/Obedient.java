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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A model that makes the calls a user dictates, {@code call do_thing {"name":"x"} + list_things}, and repeats all else. What
 * stands behind {@code then} it calls once it is told of an approval. It never puts a thing in the same words twice: each {@code @} becomes something else, as with a real one that is asked again.
 */
final class Obedient implements ChatModel {
    private static final AtomicLong WORDS = new AtomicLong(System.nanoTime());
    private static final String THEN = " then ";

    private final Runnable asked;

    Obedient() {
        this(() -> {});
    }

    /** One that says so whenever it is asked, before it answers. */
    Obedient(Runnable asked) {
        this.asked = asked;
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        asked.run();
        return ChatResponse.builder().aiMessage(answer(request.messages())).build();
    }

    private static AiMessage answer(List<ChatMessage> messages) {
        ChatMessage last = messages.get(messages.size() - 1);
        if (last instanceof UserMessage user && user.singleText().startsWith("call ")) {
            return calls(user.singleText().substring(5).split(THEN, -1)[0]);
        }
        if (last instanceof ToolExecutionResultMessage result) {
            boolean approved =
                    result.toolName().equals("await_decision") && result.text().contains("\"approved\"");
            Optional<String> then = approved ? then(messages) : Optional.empty();
            if (then.isPresent()) {
                return calls(then.get());
            }
            return AiMessage.from(result.toolName() + " said " + result.text());
        }
        return AiMessage.from("you said " + ((UserMessage) last).singleText());
    }

    private static Optional<String> then(List<ChatMessage> messages) {
        return messages.stream()
                .filter(UserMessage.class::isInstance)
                .map(message -> ((UserMessage) message).singleText())
                .filter(text -> text.contains(THEN))
                .map(text -> text.substring(text.indexOf(THEN) + THEN.length()))
                .findFirst();
    }

    private static AiMessage calls(String dictated) {
        List<ToolExecutionRequest> calls = new ArrayList<>();
        for (String call : dictated.split(" \\+ ", -1)) {
            int space = call.indexOf(' ');
            calls.add(ToolExecutionRequest.builder()
                    .id("same-id-every-time")
                    .name(space < 0 ? call : call.substring(0, space))
                    .arguments(space < 0 ? "{}" : call.substring(space + 1).replace("@", word()))
                    .build());
        }
        return AiMessage.from(calls);
    }

    private static String word() {
        return Long.toHexString(WORDS.incrementAndGet());
    }
}
