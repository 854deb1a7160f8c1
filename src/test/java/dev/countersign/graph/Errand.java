package dev.countersign.graph;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.List;

/** A model with one errand for each conversation: ask for access, and when it is given do the thing that the user named. */
final class Errand implements ChatModel {
    @Override
    public ChatResponse doChat(ChatRequest request) {
        List<ChatMessage> messages = request.messages();
        return ChatResponse.builder()
                .aiMessage(next(name(messages), messages.get(messages.size() - 1)))
                .build();
    }

    private static String name(List<ChatMessage> messages) {
        return messages.stream()
                .filter(UserMessage.class::isInstance)
                .map(message -> ((UserMessage) message).singleText())
                .findFirst()
                .orElseThrow();
    }

    private static AiMessage next(String name, ChatMessage last) {
        if (last instanceof UserMessage) {
            return ScriptedModel.calls("create_access_request {\"resource_instance\":\"3\",\"role\":\"child-can-view\","
                    + "\"reason\":\"for " + name + "\"}");
        }
        if (last instanceof ToolExecutionResultMessage result
                && result.toolName().equals("await_decision")) {
            return ScriptedModel.calls("do_thing {\"name\":\"" + name + "\"}");
        }
        return AiMessage.from("so far");
    }
}
