package dev.countersign.model;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.function.Consumer;

/**
 * A model that can be heard while it answers. The words are a preview: what counts is the answer that is returned, and after a
 * failure none of them do.
 */
public interface Streams {
    /**
     * Asks, and hands on each piece of the answer's text as it arrives, in order, on a thread of the model's; none after this has
     * returned or thrown. Tool calls are no words.
     *
     * @param words must not block
     */
    ChatResponse chat(ChatRequest request, Consumer<String> words);

    /** The same of any model: one that cannot be heard before it has finished says all in one piece. */
    static ChatResponse ask(ChatModel model, ChatRequest request, Consumer<String> words) {
        if (model instanceof Streams streams) {
            return streams.chat(request, words);
        }
        ChatResponse response = model.chat(request);
        String text = response.aiMessage().text();
        if (text != null && !text.isEmpty()) {
            words.accept(text);
        }
        return response;
    }
}
